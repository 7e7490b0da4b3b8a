/** The steps of a run: each does one thing to one resource, writes the state, and reports it. */
import type { DeploymentOptions } from "./deployment";
import { formatPath, related } from "./paths";
import { callHook, type Hook } from "./hooks";
import type { Operation } from "./progress";
import {
  NotReady,
  Refused,
  type Difference,
  type Drift,
  type Made,
  type Operation as Asked,
  type Provider,
  type Subject,
} from "./provider";
import type { Registration } from "./registration";
import type { ResourceState } from "./state";
import { nameOf } from "./urn";
import { markSecretsLike, secret, UNKNOWN, type PropertyMap, type Value } from "./values";

/** The result of a registration, for the program. */
export interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** One resource on its way to the declared state. */
export interface Work {
  readonly subject: Subject;
  readonly provider: Provider;
  readonly registration: Registration;
  /** Its future state, without id and outputs. */
  readonly next: ResourceState;
  /** What something else changed. */
  readonly drift: readonly Drift[];
}

/** How a step is reported. */
interface StepReport {
  readonly operation: Operation;
  readonly paths: readonly string[];
  readonly replacePaths: readonly string[];
}

const CREATED: StepReport = { operation: "create", paths: [], replacePaths: [] };

/** Runs steps. */
export class Steps {
  /** Each resource of this run as it is (in a preview, as expected). */
  readonly results = new Map<string, ResourceState>();
  /** URNs that this run replaced. */
  readonly replaced = new Set<string>();
  /** The program's hooks by name. */
  readonly hooks = new Map<string, Hook>();

  constructor(private readonly options: DeploymentOptions) {}

  /** Leaves a resource unchanged. */
  keepSame({ next, subject }: Work, old: ResourceState): Registered {
    const same = { ...next, outputs: old.outputs, ...(old.id !== undefined && { id: old.id }) };
    this.results.set(subject.urn, same);
    this.options.state.note(same);
    this.report(subject.urn, { operation: "same", paths: [], replacePaths: [] }, Date.now());
    return { urn: subject.urn, id: old.id ?? "", outputs: old.outputs };
  }

  /** Creates a resource. @throws when that fails; one that exists but is not ready is in the state then */
  async create(work: Work, report = CREATED): Promise<Registered> {
    const { subject, provider, registration, next } = work;
    const { state, preview } = this.options;
    const started = Date.now();
    const adopt = state.begun(subject.urn) !== undefined;
    await this.callHooks(registration.beforeCreate, work);
    try {
      const made = await provider.create({
        ...subject,
        inputs: next.inputs,
        preview,
        adopt,
        ignoreChanges: registration.ignoreChanges,
        begin: () => {
          state.begin(next);
        },
        note: this.noteFor(subject.urn),
        signal: this.options.signal,
        ...(registration.timeouts.create !== undefined && { timeout: registration.timeouts.create }),
      });
      const outputs = this.keep(work, made);
      this.report(subject.urn, report, started);
      return { urn: subject.urn, id: made.id, outputs: this.shown(outputs) };
    } catch (error) {
      if (error instanceof NotReady) {
        this.keep(work, error.made, error.message);
      } else if (error instanceof Refused && !adopt) {
        state.dismiss(subject.urn);
      }
      throw error;
    }
  }

  /** Changes a resource in place. @throws when that fails */
  async update(work: Work, old: ResourceState, difference: Difference): Promise<Registered> {
    const { subject, registration } = work;
    const started = Date.now();
    await this.callHooks(registration.beforeUpdate, work, old);
    this.tellDrift(work, difference);
    const registered = await this.apply(work, old);
    const paths = difference.changes.map((change) => formatPath(change.path));
    this.report(subject.urn, { operation: "update", paths, replacePaths: [] }, started);
    return registered;
  }

  /** Waits for a resource that is as declared but not ready. @throws when it does not become ready */
  async settle(work: Work, old: ResourceState, notReady: string): Promise<Registered> {
    const { urn } = work.subject;
    const started = Date.now();
    this.options.progress.note(urn, `is not ready: ${notReady}`);
    const registered = await this.apply(work, old);
    this.report(urn, { operation: "same", paths: [], replacePaths: [] }, started);
    return registered;
  }

  /** The operation for refreshing a resource. */
  operationOn(subject: Subject, old: ResourceState): Asked & { old: ResourceState } {
    return {
      ...subject,
      inputs: old.inputs,
      old,
      preview: this.options.preview,
      adopt: false,
      ignoreChanges: [],
      begin: () => undefined,
      note: this.noteFor(subject.urn),
      signal: this.options.signal,
    };
  }

  /** Reports the drift that this run reverts. */
  private tellDrift({ subject, drift }: Work, { changes }: Difference): void {
    for (const { path, managers } of drift) {
      if (changes.some((change) => related(path, change.path))) {
        const what =
          managers.length === 0
            ? "is not what the last finished run left, and is set again"
            : `was changed by ${managers.join(", ")}, and is reverted`;
        this.options.progress.note(subject.urn, `${formatPath(path)} ${what}`);
      }
    }
  }

  private async apply(work: Work, old: ResourceState): Promise<Registered> {
    const { subject, provider, registration, next } = work;
    const id = old.id ?? "";
    try {
      const outputs = await provider.update({
        ...this.operationOn(subject, old),
        inputs: next.inputs,
        ignoreChanges: registration.ignoreChanges,
        ...(registration.timeouts.update !== undefined && { timeout: registration.timeouts.update }),
      });
      const kept = this.keep(work, { id, outputs });
      return { urn: subject.urn, id, outputs: this.shown(kept) };
    } catch (error) {
      if (error instanceof NotReady) {
        this.keep(work, error.made, error.message);
      }
      throw error;
    }
  }

  /**
   * Replaces a resource. The old one is deleted at the end of the run, or first when both cannot exist.
   *
   * @param wanted the inputs before the provider completed them
   */
  async replace(work: Work, old: ResourceState, difference: Difference, wanted: PropertyMap): Promise<Registered> {
    const { subject, provider, registration, next } = work;
    const { state, preview } = this.options;
    refuseProtected(old, "replaced");
    this.replaced.add(subject.urn);
    const report: StepReport = {
      operation: "replace",
      paths: difference.changes.map((change) => formatPath(change.path)),
      replacePaths: difference.replace.map(formatPath),
    };
    if (registration.deleteBeforeReplace ?? difference.deleteBeforeReplace) {
      if (!preview) {
        await this.erase(old);
        state.remove(old);
      }
      return this.create(work, report);
    }
    if (!preview) {
      old.delete = true;
      state.save();
    }
    // Completed as a new resource, so that a generated name differs from the old one.
    const inputs = await provider.check(subject, wanted, undefined);
    return this.create({ ...work, next: { ...next, inputs } }, report);
  }

  /** Deletes a resource of the state through its provider, as its options say. */
  async erase(resource: ResourceState): Promise<void> {
    if (!resource.custom || resource.retainOnDelete === true) {
      return;
    }
    const provider = this.options.providers.get(resource.type, resource.provider);
    const begun = resource.deleting === true;
    resource.deleting = true;
    this.options.state.save();
    try {
      await provider.delete({
        ...this.operationOn({ urn: resource.urn, type: resource.type, name: nameOf(resource.urn) }, resource),
        preview: false,
        ...(resource.timeouts?.delete !== undefined && { timeout: resource.timeouts.delete }),
      });
    } catch (error) {
      if (error instanceof Refused && !begun) {
        delete resource.deleting;
        this.options.state.save();
      }
      throw error;
    }
  }

  /** The outputs of a new or changed resource that the program may see. */
  shown(outputs: PropertyMap): PropertyMap {
    return this.options.preview && this.options.hideOutputs
      ? Object.fromEntries(Object.keys(outputs).map((key): [string, Value] => [key, UNKNOWN]))
      : outputs;
  }

  /** Calls the program's hooks of these names; in a preview, only those that ask for it. @throws a hook's error */
  private async callHooks(names: readonly string[], { subject, next }: Work, old?: ResourceState): Promise<void> {
    const { urn, type } = subject;
    for (const name of names) {
      const hook = this.hooks.get(name);
      if (hook === undefined) {
        throw new Error(`the program has not registered its hook ${name}`);
      }
      if (hook.onDryRun || !this.options.preview) {
        await callHook(hook, { urn, type, newInputs: next.inputs, ...(old !== undefined && { old }) });
      }
    }
  }

  private keep({ registration, next }: Work, made: Made, notReady?: string): PropertyMap {
    const outputs = markSecretsLike(made.outputs, next.inputs) as PropertyMap;
    for (const key of registration.additionalSecretOutputs) {
      if (key in outputs) {
        outputs[key] = secret(outputs[key] ?? null);
      }
    }
    const kept = { ...next, id: made.id, outputs, ...(notReady !== undefined && { initErrors: [notReady] }) };
    this.results.set(next.urn, kept);
    if (!this.options.preview) {
      this.options.state.put(kept);
    }
    return outputs;
  }

  private noteFor(urn: string): (line: string) => void {
    return (line) => {
      this.options.progress.note(urn, line);
    };
  }

  private report(urn: string, report: StepReport, started: number): void {
    this.options.progress.done({ urn, ...report }, (Date.now() - started) / 1000);
  }
}

/** @throws when the resource is protected */
export function refuseProtected(resource: ResourceState, what: string): void {
  if (resource.protect === true) {
    throw new Error(`it is protected and cannot be ${what}; remove the protect option first`);
  }
}

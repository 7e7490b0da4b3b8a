/** Turns what a program registers into steps, one registration at a time. */
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Analyzers } from "./analyzer";
import { compare } from "./compare";
import type { Hook } from "./hooks";
import { restore } from "./paths";
import { describe, type Progress } from "./progress";
import { Interrupted, INTERRUPTED, type Drift, type Provider, type Subject } from "./provider";
import type { Providers } from "./providers";
import { aliasUrns, type Registration } from "./registration";
import type { ResourceState, StateFile } from "./state";
import { Steps, type Registered, type Work } from "./steps";
import { isStack, makeUrn } from "./urn";
import { normalize, type PropertyMap } from "./values";

export type { Registered } from "./steps";

/** A resource to read, as in the protocol's request; empty strings are absent. */
export interface ReadRequest {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly parent: string;
  readonly provider: string;
  readonly inputs: PropertyMap;
}

/** Fills a remote component with children. */
export type Construct = (deployment: Deployment, registration: Registration, urn: string) => Promise<PropertyMap>;

/** What a deployment works with. */
export interface DeploymentOptions {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  /** In a preview: hide every output of new and changed resources, not only the unknowable ones. */
  readonly hideOutputs: boolean;
  readonly state: StateFile;
  readonly providers: Providers;
  readonly progress: Progress;
  readonly analyzers: Analyzers;
  readonly constructs: Readonly<Record<string, Construct>>;
  /** Refresh each resource before comparing it, as with `refresh: always` in Pulumi.yaml. @default false */
  readonly refresh?: boolean;
  /** Abort it to interrupt the run: no further step begins, and waits end. Absent when nothing can interrupt the run. */
  readonly signal?: AbortSignal | undefined;
}

/** The run stopped because of a failure elsewhere, which has been reported already. */
export class Stopped extends Error {}

/** A deployment in progress. */
export class Deployment {
  /** The first failure. */
  failure: Error | undefined;
  /** URNs seen in this run. */
  readonly seen = new Set<string>();
  /** URNs of resources that the program only read. */
  private readonly onlyRead = new Set<string>();
  readonly steps: Steps;
  /** Maps a resource's current URN to the URN under which the state has it. */
  private readonly former = new Map<string, string>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly firstFailure = Promise.withResolvers<undefined>();
  /** Resolves on the first failure. */
  readonly failed: Promise<undefined> = this.firstFailure.promise;

  constructor(readonly options: DeploymentOptions) {
    this.steps = new Steps(options);
    const interrupt = () => {
      this.fail(undefined, new Interrupted(INTERRUPTED));
    };
    options.signal?.addEventListener("abort", interrupt);
    if (options.signal?.aborted === true) {
      interrupt();
    }
  }

  /** Finds a resource of this run, as it is now or as a preview expects it. */
  readonly lookup = (urn: string): ResourceState | undefined => this.steps.results.get(urn);

  /**
   * Handles one registration.
   *
   * @throws Stopped when this or an earlier operation failed; the first reason is in `failure`
   */
  async register(registration: Registration): Promise<Registered> {
    if (this.failure !== undefined) {
      throw new Stopped();
    }
    const { type, name, parent } = registration;
    const urn = makeUrn(this.options.stack, this.options.project, parent, type, name);
    const work = this.handle(registration, urn);
    this.running.add(work);
    try {
      return await work;
    } catch (error) {
      this.fail(urn, error);
      throw new Stopped();
    } finally {
      this.running.delete(work);
    }
  }

  /** Registers a hook, which resources name. */
  registerHook(name: string, hook: Hook): void {
    this.steps.hooks.set(name, hook);
  }

  /** Waits until no step is running. */
  async settle(): Promise<void> {
    while (this.running.size > 0) {
      await Promise.allSettled(this.running);
    }
  }

  /** Records the first failure. */
  fail(urn: string | undefined, error: unknown): void {
    if (error instanceof Stopped) {
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (this.options.signal?.aborted === true && this.failure !== undefined && urn !== undefined) {
      this.options.progress.note(urn, reason);
      return;
    }
    const failure = new Error(urn === undefined ? reason : `${describe(urn)} failed: ${reason}`, { cause: error });
    if (this.failure === undefined) {
      this.failure = failure;
      this.firstFailure.resolve(undefined);
    } else {
      this.options.progress.say(`  ! ${failure.message}`);
    }
  }

  /** Sets a component's outputs; those of the stack become the stack's outputs. */
  registerOutputs(urn: string, outputs: PropertyMap): void {
    const { state } = this.options;
    const resource = state.find(urn);
    if (resource === undefined) {
      return;
    }
    resource.outputs = normalize(outputs);
    if (isStack(resource.type)) {
      state.state.outputs = resource.outputs;
    }
  }

  /**
   * Reads a resource that this program does not manage.
   *
   * @throws when it does not exist or its type cannot be read
   */
  async read(request: ReadRequest): Promise<Registered> {
    const { type, name, id, provider, inputs } = request;
    const parent = request.parent === "" ? undefined : request.parent;
    const urn = makeUrn(this.options.stack, this.options.project, parent, type, name);
    const outputs = await this.options.providers
      .get(type, provider === "" ? undefined : provider)
      .read({ urn, type, name }, id, inputs);
    this.onlyRead.add(urn);
    this.options.progress.done({ urn, operation: "read", paths: [], replacePaths: [] });
    return { urn, id, outputs };
  }

  /** Runs a function call. @throws for unknown functions */
  invoke(token: string, args: PropertyMap): PropertyMap {
    if (token === "pulumi:pulumi:getResource" && typeof args["urn"] === "string") {
      const resource = this.lookup(args["urn"]);
      if (resource !== undefined) {
        return { urn: resource.urn, id: resource.id ?? "", state: this.steps.shown(resource.outputs) };
      }
      throw new Error(`there is no resource ${args["urn"]}`);
    }
    throw new Error(`the function ${token} is not supported by the engine stand-in`);
  }

  /** Shows a message of the program; an error fails the run. */
  log(severity: LogSeverity, message: string, urn: string): void {
    const text = (urn === "" ? "" : `${describe(urn)}: `) + message.trimEnd();
    if (severity === LogSeverity.ERROR) {
      this.fail(undefined, new Error(text));
    } else if (severity !== LogSeverity.DEBUG) {
      this.options.progress.say(severity === LogSeverity.WARNING ? `  warning: ${text}` : `  ${text}`);
    }
  }

  private async handle(registration: Registration, urn: string): Promise<Registered> {
    if (this.seen.has(urn)) {
      throw new Error(`two resources have this name and type; names must be unique (${urn})`);
    }
    this.refuseStrangers(registration);
    this.seen.add(urn);
    const known = await this.withoutHalfDeleted(this.findOld(registration, urn));
    if (!registration.custom) {
      return this.component(registration, urn, known);
    }
    if (registration.importId !== undefined) {
      throw new Error("the import option is not supported by the engine stand-in");
    }
    const { providers, state, analyzers } = this.options;
    const subject = { urn, type: registration.type, name: registration.name };
    const provider = providers.get(registration.type, registration.provider);
    const { old, drift, notReady } = await this.refreshed(subject, known);
    const wanted =
      old === undefined ? registration.inputs : restore(registration.ignoreChanges, old.inputs, registration.inputs);
    // A resource that a killed run had begun to create keeps the name that the provider gave it.
    const checked = await provider.check(subject, wanted, old ?? state.begun(urn));
    const inputs = await analyzers.analyze(registration, urn, checked, this.lookup);
    const work: Work = { subject, provider, registration, next: stateOf(registration, urn, inputs), drift };
    if (old === undefined) {
      return this.steps.create(work);
    }
    const difference = await compare(work, old, this.steps.replaced);
    if (difference.replace.length > 0) {
      return this.steps.replace(work, old, difference, wanted);
    }
    if (difference.changes.length === 0 && notReady !== undefined) {
      return this.steps.settle(work, old, notReady);
    }
    return difference.changes.length === 0 && old.initErrors === undefined
      ? this.steps.keepSame(work, old)
      : this.steps.update(work, old, difference);
  }

  /** The live resource, whatever earlier runs or people did to it; nothing when it is gone. */
  private async refreshed(subject: Subject, old: ResourceState | undefined): Promise<Found> {
    const { refresh, providers, preview, progress, state } = this.options;
    // Ask the provider that made it.
    const provider: Provider | undefined =
      refresh === true && old !== undefined ? providers.get(old.type, old.provider) : undefined;
    if (old === undefined || provider?.refresh === undefined) {
      return { old, drift: [] };
    }
    const now = await provider.refresh(this.steps.operationOn(subject, old));
    if (now === undefined) {
      progress.note(subject.urn, `is gone, and this stack did not delete it; it is created again`);
      if (!preview) {
        state.remove(old);
      }
      return { old: undefined, drift: [] };
    }
    old.inputs = now.inputs;
    old.outputs = now.outputs;
    if (now.readiness === "ready") {
      delete old.initErrors;
    }
    if (typeof now.readiness !== "object") {
      return { old, drift: now.drift };
    }
    const { notReady } = now.readiness;
    old.initErrors = [notReady];
    return { old, drift: now.drift, notReady };
  }

  /** Finishes a deletion that a killed run had begun: nothing tells how far it came. */
  private async withoutHalfDeleted(old: ResourceState | undefined): Promise<ResourceState | undefined> {
    if (old?.deleting !== true) {
      return old;
    }
    if (!this.options.preview) {
      await this.steps.erase(old);
    }
    this.options.state.remove(old);
    return undefined;
  }

  /**
   * Pulumi's engine saves no state in which a resource refers to one that it does not have.
   *
   * @throws when the resource names one that the program has not registered or read before
   */
  private refuseStrangers({
    parent,
    dependencies,
    propertyDependencies,
    deletedWith,
    replaceWith,
  }: Registration): void {
    const named = [
      ["parent", parent === undefined ? [] : [parent]],
      ["dependency", [...dependencies, ...Object.values(propertyDependencies).flat()]],
      ["deletedWith", deletedWith === undefined ? [] : [deletedWith]],
      ["replaceWith", replaceWith],
    ] as const;
    for (const [what, urns] of named) {
      const missing = urns.find((urn) => !this.seen.has(urn) && !this.onlyRead.has(urn));
      if (missing !== undefined) {
        throw new Error(`its ${what} ${missing} is no resource that the program has registered before it`);
      }
    }
  }

  /** @throws when two resources of the program claim the same one of the state */
  private findOld(registration: Registration, urn: string): ResourceState | undefined {
    const { state } = this.options;
    const claimed = [...this.former].find(([, former]) => former === urn);
    if (claimed !== undefined) {
      throw new Error(`${claimed[0]} has an alias for it, and has taken its state; names and aliases must be unique`);
    }
    const own = state.find(urn);
    if (own !== undefined) {
      return own;
    }
    // As in Pulumi's engine, children follow the name under which their parent was found, not those that it may have had.
    const parent = registration.parent === undefined ? undefined : this.former.get(registration.parent);
    const aliases = aliasUrns(registration, urn, parent === undefined ? [] : [parent]);
    const former = aliases.find((alias) => state.find(alias) !== undefined || this.isFormer(alias));
    if (former === undefined) {
      return undefined;
    }
    if (this.seen.has(former) || this.isFormer(former)) {
      throw new Error(`its alias ${former} is another resource of the program; names and aliases must be unique`);
    }
    this.former.set(urn, former);
    state.rename(former, urn);
    return state.find(urn);
  }

  private isFormer(urn: string): boolean {
    return [...this.former.values()].includes(urn);
  }

  private async component(
    registration: Registration,
    urn: string,
    old: ResourceState | undefined,
  ): Promise<Registered> {
    const inputs = await this.options.analyzers.analyze(registration, urn, registration.inputs, this.lookup);
    const next = { ...stateOf(registration, urn, inputs), outputs: old?.outputs ?? {} };
    this.steps.results.set(urn, next);
    this.options.state.note(next);
    if (!registration.remote) {
      return { urn, id: "", outputs: {} };
    }
    const construct = this.options.constructs[registration.type];
    if (construct === undefined) {
      throw new Error(`the engine stand-in cannot make components of type ${registration.type}`);
    }
    next.outputs = await construct(this, registration, urn);
    return { urn, id: "", outputs: next.outputs };
  }
}

/** A resource in the state and in the cluster. */
interface Found {
  readonly old: ResourceState | undefined;
  readonly drift: readonly Drift[];
  readonly notReady?: string;
}

function stateOf(registration: Registration, urn: string, inputs: PropertyMap): ResourceState {
  const { type, custom, parent, provider, protect, retainOnDelete, deletedWith, deleteBeforeReplace } = registration;
  return {
    urn,
    type,
    custom,
    inputs,
    outputs: {},
    dependencies: registration.dependencies,
    propertyDependencies: registration.propertyDependencies,
    timeouts: registration.timeouts,
    ...(parent !== undefined && { parent }),
    ...(provider !== undefined && { provider }),
    ...(protect !== undefined && { protect }),
    ...(retainOnDelete !== undefined && { retainOnDelete }),
    ...(deletedWith !== undefined && { deletedWith }),
    ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
    ...(registration.replacementTrigger !== undefined && {
      replacementTrigger: { value: registration.replacementTrigger },
    }),
  };
}

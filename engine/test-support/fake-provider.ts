/** A provider for tests that keeps its resources in memory, and a deployment around it. */
import * as path from "node:path";
import { Analyzers } from "../analyzer";
import { Deployment, type DeploymentOptions } from "../deployment";
import { contains, diff, parsePath } from "../paths";
import { Progress } from "../progress";
import {
  NotReady,
  Refused,
  type Difference,
  type Made,
  type Operation,
  type Provider,
  type Refreshed,
  type Subject,
} from "../provider";
import { Providers } from "../providers";
import { type Registration, registrationOf } from "../registration";
import { StateFile, type ResourceState } from "../state";
import { reveal, UNKNOWN, type PropertyMap } from "../values";
import { temporaryFolder } from "../../test/support/temporary";

/** Counts generated names: each differs, as with real providers. */
let named = 0;

/** Records its calls, as `create a`, `delete b`. Inputs steer it: `fail`, `notReady`, and the immutable `fixed`. */
export class FakeProvider implements Provider {
  readonly log: string[] = [];
  /** Every call waits here first, for tests of concurrency. */
  pause: (subject: Subject) => Promise<void> = () => Promise.resolve();
  adopted: string[] = [];
  /** What a refresh finds, by name: `undefined` is a missing resource, no entry an unchanged one. */
  readonly found = new Map<string, Partial<Refreshed> | undefined>();

  refresh({ name, old }: Operation & { old: ResourceState }): Promise<Refreshed | undefined> {
    const found = this.found.get(name);
    const gone = this.found.has(name) && found === undefined;
    return Promise.resolve(gone ? undefined : { inputs: old.inputs, outputs: old.outputs, drift: [], ...found });
  }

  check(subject: Subject, inputs: PropertyMap, old: ResourceState | undefined): Promise<PropertyMap> {
    const auto = old?.inputs["auto"] ?? `${subject.name}-${++named}`;
    return Promise.resolve(inputs["named"] === true ? inputs : { ...inputs, auto });
  }

  diff(_subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference> {
    const changes = diff(old.inputs, inputs);
    const replace = changes.map((change) => change.path).filter((at) => contains(parsePath("fixed"), at));
    return Promise.resolve({ changes, replace, deleteBeforeReplace: inputs["named"] === true });
  }

  async create(operation: Operation): Promise<Made> {
    if (operation.preview) {
      return { id: "", outputs: { ...operation.inputs, result: UNKNOWN } };
    }
    if (operation.adopt) {
      this.adopted.push(operation.name);
    }
    operation.begin();
    await this.act("create", operation);
    const made = { id: `${operation.name}-id`, outputs: { ...reveal(operation.inputs), result: "done" } };
    if (operation.inputs["notReady"] === true) {
      throw new NotReady("it is not ready", made);
    }
    return made;
  }

  async update(operation: Operation): Promise<PropertyMap> {
    if (operation.preview) {
      return { ...operation.inputs, result: UNKNOWN };
    }
    await this.act("update", operation);
    return { ...reveal(operation.inputs), result: "done" };
  }

  delete(operation: Operation): Promise<void> {
    return this.act("delete", operation);
  }

  read(_subject: Subject, id: string): Promise<PropertyMap> {
    return Promise.resolve({ id });
  }

  private async act(what: string, operation: Operation): Promise<void> {
    await this.pause(operation);
    this.log.push(`${what} ${operation.name}`);
    if (operation.inputs["fail"] === true) {
      throw new Refused("the API said no");
    }
  }
}

/** A deployment with a fake provider for the types `fake:*`. */
export interface Bench {
  readonly deployment: Deployment;
  readonly provider: FakeProvider;
  readonly state: StateFile;
  readonly lines: string[];
  /** A run after this one, on the same state file, as if this process had been killed. */
  next(options?: Partial<DeploymentOptions>): Promise<Bench>;
}

/** Starts a deployment on an empty state. */
export function bench(options: Partial<DeploymentOptions> = {}): Promise<Bench> {
  return benchOn(path.join(temporaryFolder(), "dev.json"), options);
}

async function benchOn(file: string, options: Partial<DeploymentOptions>): Promise<Bench> {
  const provider = new FakeProvider();
  const lines: string[] = [];
  const preview = options.preview ?? false;
  const state = new StateFile(file, preview);
  const progress = new Progress((line) => lines.push(line), preview);
  const context = { env: {}, config: {}, root: path.dirname(file), preview };
  const providers = new Providers({ fake: { make: () => provider, replacedKeys: () => [] } }, state, context);
  const analyzers = await Analyzers.start([], progress, preview);
  const deployment = new Deployment({
    ...{ project: "test", stack: "dev", preview, hideOutputs: false, state, providers, progress, analyzers },
    constructs: {},
    ...options,
  });
  return { deployment, provider, state, lines, next: (more = {}) => benchOn(file, more) };
}

/** A registration of the type `fake:index:Thing`. */
export function thing(name: string, inputs: PropertyMap = {}, options: Partial<Registration> = {}): Registration {
  return registrationOf("fake:index:Thing", name, inputs, options);
}

/** A registration of a component. */
export function component(name: string, options: Partial<Registration> = {}): Registration {
  return thing(name, {}, { type: "test:index:Component", custom: false, ...options });
}

/** The URN of a `thing`. */
export function urnOf(name: string, parent = ""): string {
  return `urn:pulumi:dev::test::${parent === "" ? "" : `${parent}$`}fake:index:Thing::${name}`;
}

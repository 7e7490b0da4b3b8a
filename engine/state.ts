/** The state of a stack: the engine's resources, kept in `.sandbox/state/<stack>.json`. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Cipher } from "./secrets";
import { makeUrn, nameOf, projectOf, stackOf, typeOf } from "./urn";
import type { PropertyMap } from "./values";

/** Limits for operations on a resource, in seconds; absent for the provider's default. */
export interface Timeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
}

/** One resource as the last step left it. */
export interface ResourceState {
  urn: string;
  type: string;
  /** Whether a provider manages it; false for components. */
  custom: boolean;
  /** The provider's id; absent for components. */
  id?: string;
  parent?: string;
  /** The provider's reference, `urn::id`; absent for the default provider. */
  provider?: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  dependencies: string[];
  propertyDependencies?: Record<string, string[]>;
  protect?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  deleteBeforeReplace?: boolean;
  timeouts?: Timeouts;
  /** A newer resource with the same URN replaced it; it waits for its deletion. */
  delete?: boolean;
  /** Its deletion had begun when the file was written: after a crash it may be gone. */
  deleting?: boolean;
  /** Why it did not become ready, though it exists. The next update tries again. */
  initErrors?: string[];
  /** The value of `replacementTrigger` at its creation. */
  replacementTrigger?: PropertyMap;
}

/** The content of the state file. */
export interface StackState {
  version: 1;
  resources: ResourceState[];
  /** Resources whose creation had begun when the file was written: after a crash they may exist. */
  creating: ResourceState[];
  /** The stack's outputs. */
  outputs: PropertyMap;
}

/** The state file of one stack. An atomic rename puts every change on disk before the next begins. */
export class StateFile {
  /** The state in memory, secrets in plain text. */
  readonly state: StackState;
  private readonly cipher: Cipher;

  /**
   * Opens the file, or begins an empty state when there is none.
   *
   * @param file the state file
   * @param readOnly do not write (a preview)
   */
  constructor(
    readonly file: string,
    private readonly readOnly = false,
  ) {
    this.cipher = new Cipher(path.join(path.dirname(file), "secret.key"));
    this.state = fs.existsSync(file)
      ? readState(file, this.cipher)
      : { version: 1, resources: [], creating: [], outputs: {} };
    this.nest();
  }

  /** Rewrites the URNs of a renamed component's children to its current type, including those that the run which renamed it had not reached. */
  private nest(): void {
    const known = [...this.state.resources, ...this.state.creating];
    for (;;) {
      const urns = new Set(known.map(({ urn }) => urn));
      const left = known.find(({ urn, parent }) => parent !== undefined && !urns.has(nested(urn, parent)));
      if (left?.parent === undefined) {
        return;
      }
      this.rename(left.urn, nested(left.urn, left.parent));
    }
  }

  /** The live resource with this URN (not one that waits for deletion). */
  find(urn: string): ResourceState | undefined {
    return this.state.resources.find((resource) => resource.urn === urn && resource.delete !== true);
  }

  /** Sets the live resource of this URN. It reaches the disk with the next `save`, because the next run could find it out again. */
  note(resource: ResourceState): void {
    const index = this.state.resources.findIndex((other) => other.urn === resource.urn && other.delete !== true);
    if (index < 0) {
      this.state.resources.push(resource);
    } else {
      this.state.resources[index] = resource;
    }
    this.state.creating = this.state.creating.filter((other) => other.urn !== resource.urn);
  }

  /** Sets the live resource of this URN. */
  put(resource: ResourceState): void {
    this.note(resource);
    this.save();
  }

  /** Removes a resource from the state. */
  remove(resource: ResourceState): void {
    this.state.resources = this.state.resources.filter((other) => other !== resource);
    this.state.creating = this.state.creating.filter((other) => other !== resource);
    this.save();
  }

  /** The resource that a killed run had begun to create under this URN. */
  begun(urn: string): ResourceState | undefined {
    return this.state.creating.find((resource) => resource.urn === urn);
  }

  /** Records that a creation begins. */
  begin(resource: ResourceState): void {
    this.state.creating = [...this.state.creating.filter((other) => other.urn !== resource.urn), resource];
    this.save();
  }

  /** Records that a creation that had begun made nothing. */
  dismiss(urn: string): void {
    this.state.creating = this.state.creating.filter((other) => other.urn !== urn);
    this.save();
  }

  /** Changes a resource's URN everywhere. */
  rename(from: string, to: string): void {
    const rename = (urn: string) => (urn === from ? to : urn);
    for (const resource of [...this.state.resources, ...this.state.creating]) {
      resource.urn = rename(resource.urn);
      resource.dependencies = resource.dependencies.map(rename);
      if (resource.parent !== undefined) {
        resource.parent = rename(resource.parent);
      }
      if (resource.deletedWith !== undefined) {
        resource.deletedWith = rename(resource.deletedWith);
      }
      if (resource.provider?.startsWith(`${from}::`) === true) {
        resource.provider = to + resource.provider.slice(from.length);
      }
    }
    this.save();
  }

  /** Writes a temporary file, flushes it, and renames it over the old one. */
  save(): void {
    if (this.readOnly) {
      return;
    }
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    const temporary = `${this.file}.${process.pid}.tmp`;
    const descriptor = fs.openSync(temporary, "w", 0o600);
    fs.writeSync(descriptor, `${JSON.stringify(this.cipher.seal(this.state), undefined, 2)}\n`);
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
    fs.renameSync(temporary, this.file);
  }
}

/** The URN of a resource as a child of this parent. */
function nested(urn: string, parent: string): string {
  return makeUrn(stackOf(urn), projectOf(urn), parent, typeOf(urn), nameOf(urn));
}

function readState(file: string, cipher: Cipher): StackState {
  let state: StackState;
  try {
    state = JSON.parse(fs.readFileSync(file, "utf8")) as StackState;
  } catch (error) {
    throw new Error(`The state file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a file is not a type
  if (state.version !== 1) {
    throw new Error(`The state file ${file} has version ${String(state.version)}; this engine reads version 1`);
  }
  return cipher.open(state);
}

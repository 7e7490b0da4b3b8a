import {
  aliasUrns,
  type Answers,
  isObject,
  makeUrn,
  type PropertyMap,
  type ReadRequest,
  type Registered,
  type Registration,
  splitReference,
} from "kafka-stack-engine";
import { outputsOf } from "./outputs";

/** A resource that a program registered. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  /** Pulumi's name of the resource. */
  readonly name: string;
  /** The name of the Kubernetes object, also where Pulumi generates it; empty for other resources. */
  readonly objectName: string;
  /** Whether a provider manages it, Helm charts included; false for the program's own components. */
  readonly managed: boolean;
  /** The URN of its provider; empty for the default provider. */
  readonly provider: string;
  /** The inputs; secrets are marked as the package `kafka-stack-engine` does it. */
  readonly inputs: PropertyMap;
  /** Whether the object stays when the resource is deleted. */
  readonly retainOnDelete: boolean;
  /** Whether the engine refuses to delete it. */
  readonly protect: boolean;
  /** Whether the old object is deleted before the new one is made. */
  readonly deleteBeforeReplace: boolean;
  /** Property paths whose changes are ignored. */
  readonly ignoreChanges: readonly string[];
  /** Property paths whose changes replace the resource, beside those that always do. */
  readonly replaceOnChanges: readonly string[];
  /** Earlier URNs of the resource. */
  readonly aliases: readonly string[];
}

/**
 * Answers a program as an engine would, but only records what it registers: no cluster, no docker, no state. Outputs
 * are those that follow from the inputs; an image's digest is a hash of its name, whose tag follows the source.
 */
export class Recorder implements Answers {
  readonly resources: RecordedResource[] = [];
  /** The program's errors. */
  readonly errors: string[] = [];

  constructor(
    private readonly project: string,
    private readonly stack: string,
  ) {}

  register(registration: Registration): Promise<Registered> {
    const { type, name, parent, inputs } = registration;
    const urn = makeUrn(this.stack, this.project, parent, type, name);
    const parentAliases = this.resources.find((resource) => resource.urn === parent)?.aliases ?? [];
    const outputs = outputsOf(registration);
    this.resources.push({
      urn,
      type,
      name,
      objectName: objectName(outputs),
      managed: registration.custom || registration.remote,
      provider: registration.provider === undefined ? "" : splitReference(registration.provider).urn,
      inputs,
      retainOnDelete: registration.retainOnDelete ?? false,
      protect: registration.protect ?? false,
      deleteBeforeReplace: registration.deleteBeforeReplace ?? false,
      ignoreChanges: registration.ignoreChanges,
      replaceOnChanges: registration.replaceOnChanges,
      aliases: aliasUrns(registration, urn, parentAliases),
    });
    return Promise.resolve({ urn, id: registration.custom ? name : "", outputs });
  }

  registerOutputs(): void {
    // Outputs of components and of the stack are not resources.
  }

  read({ type, name, parent, inputs, id }: ReadRequest): Promise<Registered> {
    const urn = makeUrn(this.stack, this.project, parent === "" ? undefined : parent, type, name);
    return Promise.resolve({ urn, id, outputs: inputs });
  }

  registerHook(): void {
    // A hook runs before something changes, and nothing changes here. The report shows what it would refuse as a change.
  }

  invoke(_token: string, args: PropertyMap): PropertyMap {
    return args;
  }

  log(severity: number, message: string): void {
    if (severity >= ERROR) {
      this.errors.push(message);
    }
  }
}

/** `LogSeverity.ERROR` of the protocol. */
const ERROR = 3;

function objectName(outputs: PropertyMap): string {
  const metadata = outputs["metadata"];
  return isObject(metadata) && typeof metadata["name"] === "string" ? metadata["name"] : "";
}

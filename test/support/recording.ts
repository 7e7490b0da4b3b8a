import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type PropertyMap, readRegistration, type Registration, reveal, UNKNOWN } from "kafka-stack-engine";
import { outputsOf } from "../../preview-pr/outputs";

/** One registered resource with all its options. */
export interface Recorded extends Registration {
  readonly urn: string;
  /** Inputs as an API would get them: secrets are plain. */
  readonly inputs: PropertyMap;
  /** Inputs with the protocol's marks on secrets. */
  readonly marked: PropertyMap;
}

/** Everything that a program registered, in order. */
export interface Recording {
  readonly resources: readonly Recorded[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** How a program is run. */
export interface RecordOptions {
  /** Value of `pulumi.getStack()`. @default test */
  readonly stack?: string;
  /** Config as a program gets it: a string for each key, objects as JSON. @default empty */
  readonly config?: Readonly<Record<string, string>>;
  /** Whether it is a preview, in which no output of any resource is known. @default false */
  readonly preview?: boolean;
  /** The digest that docker gives every image. @default one that follows from its name */
  readonly repoDigest?: string;
}

/** The project's name in Pulumi.yaml. */
export const PROJECT = "kafka-stack";

/**
 * Runs a program under Pulumi's mocks and records what it registers. The mocks see only types, names and inputs, so each request is read on its way
 * to them, with parents, dependencies, providers and options.
 *
 * @param program creates resources, and returns the stack's outputs.
 * @throws what the program throws.
 */
export function record(
  program: () => Record<string, unknown> | undefined,
  options: RecordOptions = {},
): Promise<Recording> {
  const recording = last.then(() => run(program, options));
  last = recording.catch(() => undefined);
  return recording;
}

/** Pulumi has one runtime per process, so programs take turns. */
let last: Promise<unknown> = Promise.resolve();

async function run(
  program: () => Record<string, unknown> | undefined,
  { stack = "test", config = {}, preview = false, repoDigest }: RecordOptions,
): Promise<Recording> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(mocksFor(preview, repoDigest), PROJECT, stack, preview);
  pulumi.runtime.setAllConfig({ ...config });
  recordRequests((registration, urn) => {
    if (registration.type === "pulumi:pulumi:Stack") return;
    const { inputs } = registration;
    resources.push({ ...registration, urn, inputs: reveal(inputs), marked: inputs });
  });
  const outputs = (await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()))) as unknown;
  await pulumi.runtime.disconnect();
  return { resources, outputs: (outputs ?? {}) as Record<string, unknown> };
}

/** Records what a program without outputs registers: usually one component. */
export async function registered(program: () => unknown, options?: RecordOptions): Promise<readonly Recorded[]> {
  const { resources } = await record(() => {
    program();
    return undefined;
  }, options);
  return resources;
}

type Register = (request: RegisterResourceRequest, callback: Callback) => Promise<void>;
type Hook = (request: unknown, callback: (error: unknown) => void) => void;
type Callback = (error: unknown, response?: { getUrn(): string }) => void;

/** Reads every request before the mocks answer it. */
function recordRequests(take: (registration: Registration, urn: string) => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register; registerResourceHook: Hook };
  // Pulumi's mocks lack it. Hooks are functions of the program that the engine calls, so there is nothing to record.
  monitor.registerResourceHook = (_, callback) => {
    callback(null);
  };
  const answer = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    answer(request, (error, response) => {
      if (response) take(readRegistration(request), response.getUrn());
      callback(error, response);
    });
}

function mocksFor(preview: boolean, repoDigest?: string): pulumi.runtime.Mocks {
  return {
    call: ({ token }) => {
      throw new Error(`the program calls the function ${token}, which needs a cluster`);
    },
    newResource: ({ type, name, inputs, custom }) => {
      const given = inputs as PropertyMap;
      if (custom !== true) return { id: undefined, state: given };
      if (preview) return { id: undefined, state: unknown(type, given) };
      const outputs = outputsOf({ type, name, inputs: given });
      return {
        id: `${name}-id`,
        state: { ...outputs, ...("repoDigest" in outputs && repoDigest !== undefined && { repoDigest }) },
      };
    },
  };
}

/** Before anything exists: all properties of a resource are unknown, even those that the program set itself. */
function unknown(type: string, inputs: PropertyMap): PropertyMap {
  const keys = type.startsWith("docker:") ? [...Object.keys(inputs), "repoDigest"] : Object.keys(inputs);
  return Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
}

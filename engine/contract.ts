/** The engine's options and results, the same for both engines. */
import type { Operation, Step } from "./progress";
import type { PropertyMap } from "./values";

/** What to do to a stack. */
export type Command = "up" | "preview" | "down";

/** A policy pack to check the stack with. */
export interface PolicyPack {
  /** Its folder, with PulumiPolicy.yaml. */
  readonly directory: string;
  /** Its config, a JSON file as `pulumi preview --policy-pack-config` takes it. */
  readonly configFile?: string;
}

/** What to run. */
export interface RunOptions {
  readonly command: Command;
  /** The stack's name. */
  readonly stack: string;
  /** The stack file. @default Pulumi.<stack>.yaml beside Pulumi.yaml */
  readonly configFile?: string;
  /** The environment of the program and of tools. @default this process' */
  readonly env?: NodeJS.ProcessEnv;
  /** The Node.js that programs and policy packs run on. @default the current one */
  readonly node?: string | undefined;
  readonly policyPacks?: readonly PolicyPack[];
  /** The folder of Pulumi.yaml. @default the current folder */
  readonly root?: string;
  /** The folder of state files. @default .sandbox/state in the root */
  readonly stateDirectory?: string;
  /** Whether to refresh before comparing; `false` compares with the state alone, which a preview without a cluster needs. @default as Pulumi.yaml says */
  readonly refresh?: boolean;
  /** In a preview: hide all outputs of new and changed resources from the program. @default false */
  readonly hideOutputs?: boolean;
  /** Receives the progress, line by line. @default writes to standard error */
  readonly write?: (line: string) => void;
  /** Abort it to interrupt the run: the run ends within seconds, with a summary, and the next run continues from there. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of a run. */
export interface RunResult {
  /** The stack's outputs; secrets are marked as in `values.ts`. */
  readonly outputs: PropertyMap;
  /** The number of operations of each kind, of resources that a provider manages. */
  readonly changes: Readonly<Record<Operation, number>>;
  /** Every operation. */
  readonly steps: readonly Step[];
}

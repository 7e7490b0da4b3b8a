/** What the engine takes and gives, whichever engine it is. */
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
  /** The Node.js that the stand-in runs programs and policy packs on. @default the one that runs this */
  readonly node?: string | undefined;
  readonly policyPacks?: readonly PolicyPack[];
  /** The folder of Pulumi.yaml. @default the current folder */
  readonly root?: string;
  /** Where state is kept. @default .sandbox/state in the root */
  readonly stateDirectory?: string;
  /** Look at what there is before it is compared; `false` compares with the state alone, which a preview without a cluster needs. @default as Pulumi.yaml says */
  readonly refresh?: boolean;
  /** In a preview: let the program know no output at all of new and changed resources. @default false */
  readonly hideOutputs?: boolean;
  /** Takes the progress, line by line. @default the standard error stream */
  readonly write?: (line: string) => void;
  /** Aborted when a person wants the run to end: it ends within seconds, with a summary, and the next run goes on from there. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run did. */
export interface RunResult {
  /** The stack's outputs; secrets are objects that `values.ts` knows. */
  readonly outputs: PropertyMap;
  /** How often each thing happened, for resources that a provider manages. */
  readonly changes: Readonly<Record<Operation, number>>;
  /** Each thing that happened. */
  readonly steps: readonly Step[];
}

/** The progress that a person sees. */
import { typeOf, nameOf } from "./urn";

/** The operations on a resource. */
export type Operation = "create" | "update" | "replace" | "delete" | "same" | "read";

/** One operation on a resource; in a preview, an expected one. */
export interface Step {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: Operation;
  /** Differing property paths, for updates and replacements. */
  readonly paths: readonly string[];
  /** Those of them that force a replacement. */
  readonly replacePaths: readonly string[];
}

const SIGNS: Record<Operation, string> = { create: "+", update: "~", replace: "±", delete: "-", same: " ", read: ">" };
const DONE: Record<Operation, string> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
  read: "read",
};
const PLANNED: Record<Operation, string> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  same: "keep",
  read: "read",
};

/** Writes progress, one line for each step. */
export class Progress {
  private readonly started = Date.now();
  /** All steps, in the order in which they ended. */
  readonly steps: Step[] = [];

  /**
   * @param write receives one line
   * @param preview say what would happen instead of what did
   */
  constructor(
    private readonly write: (line: string) => void,
    private readonly preview: boolean,
  ) {}

  /** Writes a line about the run. */
  say(line: string): void {
    this.write(line);
  }

  /** Writes a line about a resource whose step is running. */
  note(urn: string, line: string): void {
    this.write(`    ${describe(urn)}: ${line}`);
  }

  /** Records a finished step (in a preview, an expected one). */
  done(step: Omit<Step, "type" | "name">, seconds = 0): void {
    this.steps.push({ ...step, type: typeOf(step.urn), name: nameOf(step.urn) });
    if (step.operation === "same") {
      return;
    }
    const paths = step.paths.length > 0 ? ` (${summarize(step)})` : "";
    const what = this.preview
      ? `${PLANNED[step.operation]}${paths}`
      : `${DONE[step.operation]} in ${seconds.toFixed(1)} s${paths}`;
    this.write(`  ${SIGNS[step.operation]} ${describe(step.urn)} ${what}`);
  }

  /** The number of steps by operation. */
  changes(): Record<Operation, number> {
    return countOperations(this.steps);
  }

  /** Writes the last line. */
  summarize(): void {
    const { create, update, replace, delete: deleted, same } = this.changes();
    const verb = (one: string, planned: string) => (this.preview ? planned : one);
    const parts = [`${create} ${verb("created", "to create")}`, `${update} ${verb("updated", "to update")}`];
    if (replace > 0) {
      parts.push(`${replace} ${verb("replaced", "to replace")}`);
    }
    parts.push(`${deleted} ${verb("deleted", "to delete")}`, `${same} unchanged`);
    this.write(`${parts.join(", ")} in ${((Date.now() - this.started) / 1000).toFixed(1)} s`);
  }
}

function summarize(step: Pick<Step, "paths" | "replacePaths">): string {
  const shown = step.paths.slice(0, 8).map((path) => (step.replacePaths.includes(path) ? `${path}!` : path));
  const more = step.paths.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A resource's last word of type and its name: `StatefulSet broker`. */
export function describe(urn: string): string {
  const type = typeOf(urn);
  const kind = type.startsWith("pulumi:providers:")
    ? `provider ${type.slice(17)}`
    : type.slice(type.lastIndexOf(":") + 1);
  return `${kind} ${nameOf(urn)}`;
}

/** Writes a line to standard error; standard output is for results. */
export function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The number of steps by operation. */
export function countOperations(steps: readonly Pick<Step, "operation">[]): Record<Operation, number> {
  const count = { create: 0, update: 0, replace: 0, delete: 0, same: 0, read: 0 };
  for (const step of steps) {
    count[step.operation]++;
  }
  return count;
}

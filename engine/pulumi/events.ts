/** Reads the event log of the Pulumi CLI. */
import * as fs from "node:fs";
import type { RunResult } from "../contract";
import { countOperations, type Operation, type Step } from "../progress";
import { nameOf, typeOf } from "../urn";

/** The event of one resource. */
export interface StepEvent {
  readonly op: string;
  readonly urn: string;
  readonly old?: { readonly custom?: boolean } | null;
  readonly new?: { readonly custom?: boolean } | null;
  readonly diffs?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly diffKind: string }>> | null;
}

interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: StepEvent };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  same: "same",
  read: "read",
};

/** The events of finished (or planned) resources, in order. @throws when the CLI wrote none, which does not mean that it did nothing */
export function readEvents(file: string): StepEvent[] {
  if (!fs.existsSync(file)) {
    throw new Error(
      "the Pulumi CLI succeeded, but wrote no event log, so its steps are not known; pulumi stack shows the stack's resources",
    );
  }
  return fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => (JSON.parse(line) as EngineEvent).resOutputsEvent?.metadata ?? []);
}

/** The steps and their numbers, counted like the stand-in's: resources of providers, without default providers. */
export function countSteps(events: readonly StepEvent[]): Pick<RunResult, "changes" | "steps"> {
  const steps: Step[] = [];
  for (const event of events) {
    const operation = OPERATIONS[event.op];
    const custom = event.new?.custom ?? event.old?.custom ?? false;
    const isDefaultProvider = event.urn.includes("pulumi:providers:") && nameOf(event.urn).startsWith("default");
    if (operation === undefined || !custom || isDefaultProvider) {
      continue;
    }
    const details = Object.entries(event.detailedDiff ?? {});
    const paths = details.length > 0 ? details.map(([path]) => path) : [...(event.diffs ?? [])];
    const replacePaths = details.filter(([, one]) => one.diffKind.endsWith("replace")).map(([path]) => path);
    steps.push({ urn: event.urn, type: typeOf(event.urn), name: nameOf(event.urn), operation, paths, replacePaths });
  }
  return { steps, changes: countOperations(steps) };
}

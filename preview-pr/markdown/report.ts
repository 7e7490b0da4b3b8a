import { kindOf, type Operation, type ResourceChange, resourceOf } from "../changes";
import { type Effect, objectOf } from "../effects/effect";
import type { JudgedViolation, StackPreview } from "../stack-preview";
import { display } from "../../policy/model";
import { propertyLines } from "./properties";

/** What a report is about. */
export interface Report {
  /** The names of the compared commits. */
  readonly base: string;
  readonly head: string;
  readonly stacks: readonly StackPreview[];
}

const headings: Readonly<Record<Operation, string>> = {
  delete: "Removed",
  replace: "Replaced",
  update: "Changed",
  create: "Added",
};

/** Writes a report as Markdown: first what touches data, then what restarts, then everything else. */
export function renderReport({ base, head, stacks }: Report): string {
  const changed = stacks.filter(isConcerned);
  const unchanged = stacks.filter((stack) => !isConcerned(stack)).map(({ stack }) => `\`${stack}\``);
  return [
    `# What this changes: \`${base}\` → \`${head}\``,
    ...(changed.length === 0 ? ["No stack changes."] : [summary(changed)]),
    ...changed.map(renderStack),
    ...(unchanged.length > 0 && changed.length > 0 ? [`Without any change: ${unchanged.join(", ")}.`] : []),
    "",
  ].join("\n\n");
}

function isConcerned({ changes, violations, status }: StackPreview): boolean {
  return changes.length > 0 || status !== "kept" || violations.some(({ isNew }) => isNew);
}

function summary(stacks: readonly StackPreview[]): string {
  const rows = stacks.map((preview) => {
    const operations = Object.keys(headings).map((operation) => {
      const count = preview.changes.filter((change) => change.operation === operation).length;
      return count === 0 ? "" : String(count);
    });
    const { stack, data, restarts, violations } = preview;
    const mandatory = violations.filter(({ level }) => level !== "advisory").length;
    const verdict = mandatory > 0 ? `**${mandatory} violated**` : violations.length > 0 ? "advice" : "kept";
    const dataCell = data.length > 0 ? `**${data.length}**` : "";
    return `| \`${stack}\` | ${[dataCell, restarts.length || "", ...operations, verdict].join(" | ")} |`;
  });
  const titles = ["Stack", "Data touched", "Starts and stops", ...Object.values(headings), "Policies"];
  return [`| ${titles.join(" | ")} |`, `|${titles.map(() => " --- |").join("")}`, ...rows].join("\n");
}

function renderStack(preview: StackPreview): string {
  const { stack, status, data, restarts, access, changes, violations } = preview;
  const statuses = { added: " (new)", removed: " (removed)", kept: "" };
  return [
    `## Stack \`${stack}\`${statuses[status]}`,
    section("Data touched", data.map(renderEffect), "Nothing that holds data changes."),
    section("What starts, stops and restarts", restarts.map(renderEffect), "Nothing."),
    ...(access.length > 0 ? [section("Who gains and who loses access", access.map(renderEffect), "")] : []),
    section("Policies", violations.map(renderViolation), "All are kept."),
    ...(changes.length > 0 ? [renderChanges(changes)] : []),
  ].join("\n\n");
}

function section(title: string, lines: readonly string[], otherwise: string): string {
  return `### ${title}\n\n${lines.length === 0 ? otherwise : lines.join("\n")}`;
}

function renderEffect({ subject, text }: Effect): string {
  return `- **${escape(subject)}** ${escape(text)}`;
}

function renderViolation({ level, policy, message, isNew }: JudgedViolation): string {
  const when = isNew ? "new" : "as before";
  return `- ${level === "advisory" ? "advice" : `**${level}**`}, ${when}: \`${policy}\`: ${escape(message)}`;
}

function renderChanges(changes: readonly ResourceChange[]): string {
  const groups = (Object.keys(headings) as Operation[]).flatMap((operation) => {
    const group = changes.filter((change) => change.operation === operation);
    return group.length === 0 ? [] : [`#### ${headings[operation]}`, ...group.map(renderChange)];
  });
  const title = `${changes.length} ${changes.length === 1 ? "resource" : "resources"}`;
  return [`<details><summary>${title}</summary>`, ...groups, "</details>"].join("\n\n");
}

function renderChange(change: ResourceChange): string {
  const resource = resourceOf(change);
  const object = objectOf(resource);
  const title = object === undefined ? `${kindOf(resource)} ${resource.name}` : display(object);
  if (!("properties" in change)) {
    return `- ${escape(title)}`;
  }
  const lines = propertyLines(change.properties).map((line) => `  ${line}`);
  // Four backticks: a value may contain three.
  return [`- ${escape(title)}`, "", "  ````diff", ...lines, "  ````"].join("\n");
}

/** Text, escaped so that Markdown shows it unchanged. */
function escape(text: string): string {
  return text.replace(/[\\`*<>[\]|#]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

import type { Moves } from "../move/measure.js";
import { count, formatBytes, formatDuration, formatTable } from "../format.js";
import { isCaughtUp } from "../quorum.js";
import type { Check, ClusterReport } from "./report.js";

/** A report as lines for people. */
export function showReport(report: ClusterReport): string[] {
  const lines = [
    `Cluster ${report.clusterId}: ${count(report.topics, "topic")}, ${count(report.partitions, "partition")}.`,
    "",
  ];
  const brokers = report.brokers.map(({ id, host, rack, replicas, leaders, bytes }) => [
    id,
    host,
    rack ?? "-",
    replicas,
    leaders,
    bytes === undefined ? "no answer" : formatBytes(bytes),
  ]);
  lines.push(...formatTable([["BROKER", "HOST", "RACK", "REPLICAS", "LEADERS", "SIZE"], ...brokers]));
  if (report.controllers !== undefined) {
    const { leader, voters } = report.controllers;
    const rows = voters.map((voter) => [
      voter.id,
      voter.id === leader ? "leader" : "voter",
      voter.lag,
      isCaughtUp(voter) ? "yes" : "no",
    ]);
    lines.push("", ...formatTable([["CONTROLLER", "ROLE", "LAG", "CAUGHT UP"], ...rows]));
  }
  const numbers = [
    [report.offline.length, "without a leader"],
    [report.underMinIsr.length, "below min.insync.replicas"],
    [report.underReplicated.length, "under-replicated"],
    [report.misled.length, "not led by the preferred leader"],
    [report.reassignments, "being reassigned"],
  ] as const;
  lines.push("", `Partitions: ${numbers.map(([number, what]) => `${number} ${what}`).join(", ")}.`);
  if (report.moves !== undefined) {
    const { partitions, bytesLeft, bytesPerSecond } = report.moves;
    const time = timeLeft(report.moves);
    lines.push(
      `Moving ${count(partitions, "partition")}: ${formatBytes(bytesLeft)} left, ${formatBytes(Math.round(bytesPerSecond))}/s, ${time}.`,
    );
  }
  if (report.missingBrokers.length > 0)
    lines.push(`Not up, but registered or holding replicas: ${report.missingBrokers.join(", ")}.`);
  if (report.failedDirectories.length > 0)
    lines.push(`Log directories that failed, whose replicas are offline: ${report.failedDirectories.join(", ")}.`);
  if (report.cordoned.length > 0) lines.push(`Cordoned, so without new replicas: ${report.cordoned.join(", ")}.`);
  if (report.throttled.length > 0) lines.push(`Throttled: ${report.throttled.join(", ")}.`);
  return lines;
}

function timeLeft({ secondsLeft, bytesPerSecond }: Moves): string {
  if (secondsLeft !== undefined) return `about ${formatDuration(secondsLeft)} left`;
  return bytesPerSecond > 0
    ? "as much is written as is copied just now, so no end is in sight"
    : "nothing was copied just now";
}

/** Checks as lines for people. */
export function showChecks(checks: readonly Check[]): string[] {
  return checks.map(({ name, ok, detail }) => (ok ? `ok    ${name}` : `WRONG ${name}: ${detail}`));
}

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");

/** Messages of Kubernetes, the JVM or Kafka, and not of this project. */
const OTHERS = [
  "ErrImagePull",
  "FailedScheduling",
  "FailedMount",
  "exceeded quota",
  "OutOfMemoryError",
  "NOT_ENOUGH_REPLICAS",
];

/** The quotations in the first column of the page's tables. */
function quoted(): string[] {
  const cells = PAGE.split("\n").flatMap((line) => (line.startsWith("| ") ? [line.split("|")[1] ?? ""] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
}

/** The sources of all messages of the project's own programs. */
const sources: readonly string[] = ["components", "config", "program", "images", "services/src"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)),
  )
  .filter((file) => /\.(ts|java|sh)$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => readFileSync(file, "utf8"));

describe("docs/troubleshooting.md", () => {
  it("quotes messages", () => {
    assert.ok(quoted().length > 15);
  });

  for (const text of quoted().filter((one) => !OTHERS.includes(one))) {
    it(`quotes an existing message: ${text}`, () => {
      assert.ok(sources.some((source) => source.includes(text)));
    });
  }
});

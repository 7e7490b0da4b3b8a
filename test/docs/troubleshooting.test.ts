import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");

/** Said by Kubernetes, the JVM or Kafka, and not by this project. */
const OTHERS = [
  "ErrImagePull",
  "FailedScheduling",
  "FailedMount",
  "exceeded quota",
  "OutOfMemoryError",
  "NOT_ENOUGH_REPLICAS",
];

/** What the first column of the page's tables quotes. */
function quoted(): string[] {
  const cells = PAGE.split("\n").flatMap((line) => (line.startsWith("| ") ? [line.split("|")[1] ?? ""] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
}

/** All that the project's own programs can say. */
const sources: readonly string[] = ["components", "config", "program", "images", "services/src"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)),
  )
  .filter((file) => /\.(ts|java|sh)$/.test(file) && !file.endsWith(".test.ts"))
  .concat(join(ROOT, "config.ts"))
  .map((file) => readFileSync(file, "utf8"));

describe("docs/troubleshooting.md", () => {
  it("quotes messages", () => {
    assert.ok(quoted().length > 15);
  });

  for (const text of quoted().filter((one) => !OTHERS.includes(one))) {
    it(`quotes what is said: ${text}`, () => {
      assert.ok(sources.some((source) => source.includes(text)));
    });
  }
});

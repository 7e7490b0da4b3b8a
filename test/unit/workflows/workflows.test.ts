import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

import { ROOT } from "../../support/stacks";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly permissions?: unknown }>>;
}

const folder = join(ROOT, ".github", "workflows");
const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  devDependencies: Readonly<Record<string, string>>;
};

for (const file of readdirSync(folder)) {
  describe(`workflow ${file}`, () => {
    const text = readFileSync(join(folder, file), "utf8");
    const workflow = parse(text) as Workflow;
    const jobs = Object.values(workflow.jobs);
    const steps = jobs.flatMap((job) => job.steps);

    it("names every action by its commit, with the version beside it", () => {
      const lines = text.split("\n").filter((line) => line.includes("uses:"));
      assert.ok(lines.length > 0);
      assert.deepEqual(
        lines.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
        [],
      );
    });

    it("has only permissions that a job asks for", () => {
      assert.deepEqual(workflow.permissions, {});
      assert.deepEqual(
        jobs.filter((job) => job.permissions === undefined),
        [],
      );
    });

    it("never runs a fork's code with the repository's secrets", () => {
      assert.equal(workflow.on["pull_request_target"], undefined);
      assert.equal(workflow.on["workflow_run"], undefined);
    });

    it("lets no expression into a shell", () => {
      assert.deepEqual(
        steps.filter(({ run }) => run?.includes("${{")),
        [],
      );
    });

    it("runs the project's version of the Pulumi CLI", () => {
      const versions = steps.map((step) => step.with?.["pulumi-version"]).filter((version) => version !== undefined);
      assert.deepEqual(
        versions.filter((version) => version !== devDependencies["pulumi"]),
        [],
      );
    });
  });
}

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { run } from "kafka-stack-engine";

/** Numbers of brokers whose preview is measured. */
const BROKERS = [3, 10, 30, 100];

/** Previews of each kind; the fastest counts, because other work on the machine disturbed it least. */
const ROUNDS = 3;

/** Goals: the ratio of 100 brokers' time to that of 3, and of 3 brokers' to that of a program that does nothing. */
const GOALS = { many: 2, few: 1.5 };

/** A kubeconfig without an API server behind it: only the program and the engine are measured. */
const NOWHERE = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "nobody", user: {} }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  "current-context": "nowhere",
};

/** One preview. */
interface Preview {
  readonly seconds: number;
  readonly resources: number;
}

/**
 * Time and resources of a first preview, from 3 to 100 brokers on hostPath volumes, beside that of a program that does nothing. On the stand-in, without a
 * cluster and without docker; with an external registry, because helm would have to render the chart of the stack's own.
 */
export async function preview(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-preview-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, JSON.stringify(NOWHERE));
    const once = async (root: string, stack: string): Promise<Preview> => {
      const start = Date.now();
      const { changes } = await run({
        command: "preview",
        stack,
        root,
        configFile: join(folder, `Pulumi.${stack}.yaml`),
        stateDirectory: join(folder, "state"),
        env: { ...process.env, ENGINE: "stand-in", KUBECONFIG: kubeconfig },
        write: () => undefined,
      });
      return { seconds: (Date.now() - start) / 1000, resources: changes.create };
    };
    const root = process.cwd();
    const kinds = [
      { name: "a program that does nothing", root: emptyProgram(root, folder), stack: stackFile(folder, "empty", {}) },
      ...BROKERS.map((replicas) => ({
        name: `${replicas} brokers`,
        root,
        stack: stackFile(folder, `brokers-${replicas}`, {
          "kafka-stack:replicas": replicas,
          "kafka-stack:registry": { external: true, pushAddress: "registry.example.com" },
        }),
      })),
    ];
    const measured = kinds.map((): Preview[] => []);
    // In turns, so that other work on the machine affects all alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, kind] of kinds.entries()) measured[index]?.push(await once(kind.root, kind.stack));
    }
    const results = measured.map(fastest);
    const [empty, few] = results;
    const many = results.at(-1);
    if (!empty || !few || !many) throw new Error("nothing was measured");
    return [
      ...results.map(
        ({ seconds, resources }, index) =>
          `${kinds[index]?.name ?? ""}: ${resources} resources, ${seconds.toFixed(2)} s`,
      ),
      `${BROKERS.at(-1) ?? 0} brokers take ${(many.seconds / few.seconds).toFixed(2)} times as long as 3 (goal: at most ${GOALS.many})`,
      `3 brokers take ${(few.seconds / empty.seconds).toFixed(2)} times as long as a program that does nothing (goal: at most ${GOALS.few})`,
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fastest(previews: readonly Preview[]): Preview {
  const [first] = previews.toSorted((one, other) => one.seconds - other.seconds);
  if (!first) throw new Error("there was no preview to measure");
  return first;
}

function stackFile(folder: string, stack: string, config: Record<string, unknown>): string {
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  return stack;
}

/** How a program without type checks runs: as this one, but without this one's cache of compiled code. */
const RUNTIME = { name: "nodejs", options: { typescript: false, nodeargs: "--import tsx" } };

/** A project whose program uses Pulumi and makes nothing. */
function emptyProgram(root: string, folder: string): string {
  const project = join(folder, "empty");
  mkdirSync(project);
  writeFileSync(join(project, "Pulumi.yaml"), stringify({ name: "empty", runtime: RUNTIME, main: "index.ts" }));
  writeFileSync(
    join(project, "index.ts"),
    'import * as pulumi from "@pulumi/pulumi";\nexport const stack = pulumi.getStack();\n',
  );
  writeFileSync(join(project, "package.json"), '{ "name": "empty", "private": true }\n');
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  return project;
}

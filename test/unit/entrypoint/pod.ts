import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome, start } from "kafka-stack-processes";
import { ROOT } from "../../support/stacks";

/** The image's own scripts. */
export const BIN = join(ROOT, "images", "kafka", "bin");

const SCRIPTS = ["entrypoint.sh", "entrypoint-kafka.sh", "entrypoint-zookeeper.sh"];

/** Runs one of the image's scripts with the configuration of a folder, and with the commands in its folder `bin` before all others. */
export async function runScript(
  name: string,
  folder: string,
  args: readonly string[],
): Promise<{ code: number | null; said: string }> {
  const PATH = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, KAFKA_STACK_CONFIG_DIR: folder, PATH };
  const { code, errors } = await outcome(join(BIN, name), args, { cwd: folder, env });
  return { code, said: errors };
}

/** Id of the cluster in these tests. */
export const CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";

/** Root could write everywhere, so the scripts run as another user, as in a pod. */
const USER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** How long the entrypoint may run, in milliseconds: it takes seconds on a busy machine. */
const PATIENCE_MS = 50_000;

/** The result of a run. */
export interface Outcome {
  readonly code: number | null;
  /** The script's output. */
  readonly said: string;
  /** The image's commands that it called, with arguments. */
  readonly calls: readonly string[];
}

/** A folder like the inside of a pod: configuration, volumes, and the image's commands; recorders replace those that start Java. */
export class Pod {
  private readonly folder = mkdtempSync(join(tmpdir(), "entrypoint-"));
  private readonly variables: Record<string, string | undefined>;

  /** @param variables environment of the container; `undefined` removes a usual variable. */
  constructor(variables: Record<string, string | undefined> = {}) {
    for (const name of ["config", "bin"]) mkdirSync(join(this.folder, name));
    this.grant(this.folder);
    // Copies, because the pod's user may not be able to enter the repository.
    for (const name of SCRIPTS) copyFileSync(join(BIN, name), this.path("bin", name));
    this.variables = {
      POD_NAME: "broker-0",
      POD_NAMESPACE: "kafka",
      KAFKA_POOL: "broker",
      KAFKA_MODE: "kraft",
      KAFKA_COMBINED: "yes",
      KAFKA_CLUSTER_ID: CLUSTER,
      KAFKA_NODE_ID_BASE: "0",
      KAFKA_DATA_DIRS: this.path("data-0"),
      ZOOKEEPER_DATA_DIR: this.path("data-0"),
      ZOOKEEPER_ID_BASE: "1",
      ...variables,
    };
    this.configure("server.properties", "num.partitions=3\n");
    this.configure("zoo.cfg", "tickTime=2000\n");
    this.configure("controllers", "3\n");
    this.configure("brokers", "3\n");
    this.command("kafka-run-class.sh", 'echo "$0 $*" >>"$CALLS"');
    this.volume("data-0");
  }

  /** A path in the folder. */
  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Writes a file of the mounted ConfigMap. */
  configure(name: string, text: string): void {
    writeFileSync(this.path("config", name), text);
  }

  /** Replaces a command of the image by a line of bash. */
  command(name: string, line: string): void {
    writeFileSync(this.path("bin", name), `#!/usr/bin/env bash\nset -- "$@"\n${line.replaceAll("$0", name)}\n`);
    chmodSync(this.path("bin", name), 0o755);
  }

  /** Mounts an empty volume. */
  volume(name: string): string {
    const path = this.path(name);
    mkdirSync(path, { recursive: true });
    this.grant(path);
    return path;
  }

  /** Fills a volume like a formatted one. */
  formatted(name: string, properties: readonly string[]): void {
    const log = join(this.volume(name), "log");
    mkdirSync(log);
    writeFileSync(join(log, "meta.properties"), properties.map((line) => `${line}\n`).join(""));
    this.grant(log);
  }

  /** The file that the server starts with, by key. */
  rendered(): Record<string, string> {
    const lines = readFileSync(this.path("server.properties"), "utf8").split("\n");
    return Object.fromEntries(
      lines.filter((line) => line !== "").map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]),
    );
  }

  /** Runs the image's entrypoint to its end. */
  async run(): Promise<Outcome> {
    const script = start(this.path("bin", "entrypoint.sh"), [], {
      user: USER,
      cwd: this.folder,
      ownGroup: true,
      env: {
        PATH: `${this.path("bin")}:${process.env["PATH"] ?? ""}`,
        KAFKA_STACK_CONFIG_DIR: this.path("config"),
        KAFKA_STACK_RENDERED: this.path("server.properties"),
        CALLS: this.path("calls"),
        ...this.variables,
      },
    });
    const timer = setTimeout(() => {
      // Child processes hold the output open.
      script.killGroup("SIGKILL");
    }, PATIENCE_MS);
    const { code, signal } = await script.ended.finally(() => {
      clearTimeout(timer);
    });
    if (signal === "SIGKILL")
      throw new Error(`the entrypoint did not end within ${PATIENCE_MS / 1000} s; it said:\n${script.said}`);
    return { code, said: script.said, calls: this.calls() };
  }

  /** Runs it, and expects a refusal that says why and has formatted or started nothing. */
  async refuses(why: RegExp): Promise<void> {
    const { code, said, calls } = await this.run();
    assert.deepEqual({ code, calls }, { code: 1, calls: [] });
    assert.match(said, why);
    assert.equal(said.trimEnd().split("\n").length, 1, `a refusal is one sentence, not: ${said}`);
  }

  /** Removes it. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private calls(): string[] {
    return existsSync(this.path("calls")) ? readFileSync(this.path("calls"), "utf8").trimEnd().split("\n") : [];
  }

  private grant(path: string): void {
    if (USER) chownSync(path, USER.uid, USER.gid);
  }
}

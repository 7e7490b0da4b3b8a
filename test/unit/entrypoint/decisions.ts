import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ensurePackages } from "../../../sandbox/host/platform";
import { ROOT } from "../support/stacks";

/** What another server says of its disks; `Q` also follows a leader and is current, `-` does not answer. */
export type Word = "N" | "V" | "D" | "q" | "Q" | "-";

/** What a controller without a metadata log finds. */
export interface Situation {
  readonly ordinal: number;
  readonly voters: "fixed" | "dynamic";
  readonly pods: "dedicated" | "combined";
  readonly own: Word;
  readonly controllers: readonly Word[];
  readonly brokers: readonly Word[];
}

/** What it does. */
export interface Decision {
  readonly action: "FOUND" | "JOIN" | "WAIT" | "REFUSE";
  /** Whether the pod may count as ready meanwhile. */
  readonly ready: boolean;
  readonly text: string;
}

/** The image's own Java, in one JVM that answers questions as long as the tests run. */
export class Decisions {
  private readonly waiting: ((line: string) => void)[] = [];

  private constructor(
    private readonly folder: string,
    private readonly java: ChildProcessByStdio<Writable, Readable, null>,
  ) {
    createInterface({ input: java.stdout }).on("line", (line) => this.waiting.shift()?.(line));
  }

  /** Compiles what is needed, and starts. */
  static async start(): Promise<Decisions> {
    await ensurePackages({ javac: "openjdk-17-jdk-headless" }, console.log);
    const folder = mkdtempSync(join(tmpdir(), "decisions-"));
    const source = join(__dirname, "java", "Decisions.java");
    const sources = join(ROOT, "images", "kafka", "src");
    execFileSync("javac", [
      "--release",
      "17",
      "-proc:none",
      "-implicit:class",
      "-d",
      folder,
      "-sourcepath",
      sources,
      source,
    ]);
    const options = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
    const java = spawn("java", [...options, "-cp", folder, "kafkastack.Decisions"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Decisions(folder, java);
  }

  /** Decides all of these. */
  async decide(...situations: readonly Situation[]): Promise<Decision[]> {
    const list = (words: readonly Word[]) => (words.length === 0 ? "." : words.join(""));
    const lines = await this.ask(
      situations.map(
        ({ ordinal, voters, pods, own, controllers, brokers }) =>
          `decide ${ordinal} ${voters} ${pods} ${own} ${list(controllers)} ${list(brokers)}`,
      ),
    );
    return lines.map((line) => {
      const [, action, ready, text] = /^(\w+) (\w+) (.*)$/.exec(line) ?? [];
      return { action: action as Decision["action"], ready: ready === "ready", text: text ?? "" };
    });
  }

  /** What the log directories of a server know, and the epoch on them, such as `QUORUM 7`. */
  async disk(...directories: readonly string[]): Promise<string> {
    return (await this.ask([`disk ${directories.join(",")}`]))[0] ?? "";
  }

  /** Ends it. */
  stop(): void {
    this.java.kill();
    rmSync(this.folder, { recursive: true });
  }

  private ask(questions: readonly string[]): Promise<string[]> {
    const answers = questions.map(() => new Promise<string>((resolve) => this.waiting.push(resolve)));
    this.java.stdin.write(questions.map((question) => `${question}\n`).join(""));
    return Promise.all(answers);
  }
}

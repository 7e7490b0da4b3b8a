import { globSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, start, type Running } from "kafka-stack-processes";
import { until } from "../test/fakes.js";

/** HTTP libraries of Java; the class in `java/` for each says what is special about it. */
export const LIBRARIES = ["jersey-event-input", "jersey-event-source", "jdk"] as const;

/** Compiles `java/`; returns the class path. */
export async function compileClient(): Promise<string> {
  const jars = process.env["JERSEY_JARS"];
  if (jars === undefined) throw new Error("JERSEY_JARS must name a directory with the jars of java/pom.xml.");
  const classes = mkdtempSync(join(tmpdir(), "java-client-"));
  const sources = globSync(join(fileURLToPath(new URL("java", import.meta.url)), "*.java"));
  await run("javac", ["-Xlint:all", "-Werror", "-cp", join(jars, "*"), "-d", classes, ...sources]);
  return [classes, join(jars, "*")].join(delimiter);
}

/** A chat client in Java. */
export class JavaClient {
  /** All events that the library reported, as `name: data`. */
  readonly events: string[] = [];
  /** The service's status for each message. */
  readonly statuses: number[] = [];
  readonly #process: Running;
  #streams = 0;

  /**
   * @param room - kproducer's address of the room
   * @param stream - kconsumer's address of the stream
   */
  constructor(classPath: string, library: (typeof LIBRARIES)[number], room: string, stream: string) {
    const flags = ["-Xmx64m", "-XX:TieredStopAtLevel=1"];
    this.#process = start("java", [...flags, "-cp", classPath, "ChatClient", library, room, stream], {
      input: { open: true },
      onLine: (line, from) => {
        if (from === "output") this.#note(line.split("\t"));
      },
    });
  }

  /** Waits until the client reads. */
  async reads(): Promise<void> {
    await this.#until("the client reads", () => this.#streams > 0);
  }

  /** Sends a message; waits for the answer's status. */
  async says(message: string, contentType: string): Promise<number | undefined> {
    const answers = this.statuses.length;
    this.#process.write(`${contentType}\t${message}\n`);
    await this.#until(`"${message}" is answered`, () => this.statuses.length > answers);
    return this.statuses.at(-1);
  }

  /** Waits until the client reports an event. */
  async sees(event: string): Promise<void> {
    await this.#until(`the client sees "${event}"`, () => this.events.includes(event));
  }

  end(): void {
    this.#process.kill("SIGKILL");
  }

  #note([what, ...rest]: string[]): void {
    if (what === "open") this.#streams += 1;
    else if (what === "sent") this.statuses.push(Number(rest[0]));
    else if (what === "event") this.events.push(rest.join(": "));
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    await until(what, condition, 60_000).catch((error: unknown) => {
      throw new Error(
        `${(error as Error).message} Events: ${JSON.stringify(this.events)}; errors: ${this.#process.errors}`,
      );
    });
  }
}

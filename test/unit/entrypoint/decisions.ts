import { join } from "node:path";
import { start, type Running } from "kafka-stack-processes";
import { ensurePackages } from "../../../sandbox/host/platform";
import { compileJava } from "../../support/java";

/** Another server's answer about its disks; `Q` also follows a leader and is current, `-` does not answer. */
export type Word = "N" | "V" | "D" | "q" | "Q" | "-";

/** The situation of a controller without a metadata log. */
export interface Situation {
  readonly ordinal: number;
  readonly voters: "fixed" | "dynamic";
  readonly pods: "dedicated" | "combined";
  readonly own: Word;
  readonly controllers: readonly Word[];
  readonly brokers: readonly Word[];
}

/** Its decision. */
export interface Decision {
  readonly action: "FOUND" | "JOIN" | "WAIT" | "REFUSE";
  /** Whether the pod may count as ready meanwhile. */
  readonly ready: boolean;
  readonly text: string;
}

/** Starts the JVM before the tests of the suite that calls this, and ends it after them. */
export function decisionsOfSuite(): Decisions {
  const decisions = new Decisions();
  before(() => decisions.start());
  after(() => {
    decisions.stop();
  });
  return decisions;
}

/** The image's own Java classes, in one JVM that answers questions as long as the tests run. */
export class Decisions {
  private readonly waiting: ((line: string) => void)[] = [];

  private java: Running | undefined;

  /** Compiles the classes and starts the JVM. */
  async start(): Promise<void> {
    await ensurePackages({ javac: "openjdk-17-jdk-headless" }, console.log);
    const own = ["Decisions", "FakeBeans"].map((name) => join(__dirname, "java", `${name}.java`));
    const options = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
    this.java = start("java", [...options, "-cp", await compileJava(own), "kafkastack.Decisions"], {
      input: { open: true },
      output: "errors",
      onLine: (line) => this.waiting.shift()?.(line),
    });
  }

  /** Decides all of these situations. */
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

  /** What a server's log directories know, and their epoch, such as `QUORUM 7`. */
  async disk(...directories: readonly string[]): Promise<string> {
    return (await this.ask([`disk ${directories.join(",")}`]))[0] ?? "";
  }

  /** Whether brokers that have lost copies may register, each as `begin|wait|refuse HELD TEXT`. The questions are those of Decisions.java. */
  async copies(...questions: readonly string[]): Promise<string[]> {
    return this.ask(questions.map((question) => `copies ${question}`));
  }

  /** Whether a broker with these log directories may have lost copies of partitions. */
  async mayHaveLostCopies(broker: number, ...directories: readonly string[]): Promise<boolean> {
    return (await this.ask([`lost ${broker} ${directories.join(",")}`]))[0] === "true";
  }

  /** Where a server's copy of a partition ends: `END EPOCH TOPIC-ID`, `none`, or `unknown`. */
  async copy(partition: string, ...directories: readonly string[]): Promise<string> {
    return (await this.ask([`copy ${partition} ${directories.join(",")}`]))[0] ?? "";
  }

  /** Adds a batch with one record to a segment. @returns its size in bytes */
  async append(segment: string, offset: number, epoch: number): Promise<number> {
    return Number((await this.ask([`append ${segment} ${offset} ${epoch}`]))[0]);
  }

  /** Starts the health endpoint of a waiting server with a log directory, and a directory with the key for orders. */
  async serve(port: number, node: number, cluster: string, directory: string, orders: string): Promise<void> {
    await this.ask([`serve ${port} ${node} ${cluster} ${directory} ${orders}`]);
  }

  /** Starts a server's metrics, with Kafka's and ZooKeeper's beans, a volume, and the folder of its ConfigMap. */
  async metrics(port: number, directory: string, config: string): Promise<void> {
    const [answer] = await this.ask([`metrics ${port} ${directory} ${config}`]);
    if (answer !== "serving") throw new Error(answer);
  }

  /** How often that server was told to retire. */
  async told(): Promise<number> {
    return Number((await this.ask(["told"]))[0]);
  }

  /**
   * The members with which a ZooKeeper server starts, while its peer has another directory and answers on a port; `waiting` when it does not start.
   */
  async zookeeper(port: number, peer: string, directory: string, list: string): Promise<string> {
    return (await this.ask([`zookeeper ${port} ${peer} ${directory} ${list}`]))[0] ?? "";
  }

  /** How a peer understands an answer when it asks this node of this cluster: such as `QUORUM`, or `silent`. */
  async understand(node: number, cluster: string, answer: string): Promise<string> {
    const lines = answer.trim().replaceAll(/\s+/g, " ");
    return (await this.ask([`understand ${node} ${cluster} ${lines}`]))[0] ?? "";
  }

  /**
   * Who needs the only controller this long after its request to stop, while these brokers stop; `null` when nobody does. @param among whether there
   * are other brokers
   */
  async last(milliseconds: number, among: boolean, stopping: readonly string[] = []): Promise<string> {
    return (await this.ask([["last", milliseconds, among ? "among" : "alone", ...stopping].join(" ")]))[0] ?? "";
  }

  /** Asks how controller 1 starts from a log directory while no other server answers; their number is in the folder `config`: `formatted`, what it waits for, or why it does not start. */
  async format(directory: string, config: string): Promise<string> {
    return (await this.ask([`format ${directory} ${config}`]))[0] ?? "";
  }

  /** Removes a copy of the metadata that waits on a volume for a server's start: `discarded`, or why not. */
  async discard(volume: string): Promise<string> {
    return (await this.ask([`discard ${volume}`]))[0] ?? "";
  }

  /** Ends the JVM. */
  stop(): void {
    this.java?.kill();
  }

  private async ask(questions: readonly string[]): Promise<string[]> {
    if (!this.java) throw new Error("The JVM is asked before it is started.");
    const answers = questions.map(() => new Promise<string>((resolve) => this.waiting.push(resolve)));
    this.java.write(questions.map((question) => `${question}\n`).join(""));
    return Promise.all(answers);
  }
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome, start, type Running } from "kafka-stack-processes";
import { until } from "kafka-stack-waiting";
import { featuresOf } from "../../components/kafka/versions";
import type { KafkaVersion } from "../../config/kafka";
import { KafkaClient } from "../../services/src/kafka/client";
import { serverClassPath } from "../support/java";

const CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";
const CONTROLLERS = [9000, 9001, 9002];
const BROKER = 0;
const FIRST_PORT = 19_700;
const PATIENCE_MS = 240_000;
/** Directory ids of Kafka 3's first voters: 22 characters of base64url. */
const directoryOf = (id: number): string => `AAAAAAAAAAAAAAAAAA${id}`.padEnd(22, "A").slice(0, 22);

/** A broker and three controllers as bare JVMs on the loopback interface, started as in the image, and the image's own recovery. */
export class Quorum {
  private readonly folder = mkdtempSync(join(tmpdir(), "quorum-"));
  private readonly running = new Map<number, Running>();

  private constructor(
    private readonly version: KafkaVersion,
    private readonly classPath: string,
    private readonly controllers: readonly number[],
  ) {}

  /**
   * Compiles the image's Java, founds a quorum and starts a broker.
   *
   * @param controllers the first ones.
   */
  static async start(version: KafkaVersion, controllers: readonly number[] = CONTROLLERS): Promise<Quorum> {
    const classPath = await serverClassPath(version, join(__dirname, "java/ForgetLeader.java"));
    const quorum = new Quorum(version, classPath, controllers);
    try {
      for (const id of [...controllers, BROKER]) {
        await quorum.add(id);
        quorum.launch(id);
      }
      await quorum.until("there is a quorum", () => quorum.topics());
    } catch (error) {
      await quorum.close();
      throw error;
    }
    return quorum;
  }

  /** Prepares a server with a formatted disk. */
  async add(id: number): Promise<void> {
    this.configure(id);
    await this.format(id);
  }

  /** The directory of a server's metadata. */
  metadata(id: number): string {
    return join(this.volume(id), "log/__cluster_metadata-0");
  }

  /** A server's log directory. */
  volume(id: number): string {
    return join(this.folder, String(id));
  }

  /** Ends servers like a power cut. */
  async kill(...ids: number[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const server = this.running.get(id);
        this.running.delete(id);
        await server?.end("SIGKILL");
      }),
    );
  }

  /** Empties the disk of a stopped server. */
  empty(id: number): void {
    rmSync(join(this.volume(id), "log"), { recursive: true });
  }

  /** Formats a disk as the image does where another server founds the quorum. */
  async format(id: number, join = id !== CONTROLLERS[0]): Promise<void> {
    const voters = this.controllers
      .map((each) => `${each}@127.0.0.1:${this.port(each)}:${directoryOf(each)}`)
      .join(",");
    const first = join ? ["--no-initial-controllers"] : ["--standalone"];
    const how = !featuresOf(this.version).autoJoinsQuorum && id !== BROKER ? ["--initial-controllers", voters] : first;
    const format = ["format", "-t", CLUSTER, "-c", this.properties(id), ...(id === BROKER ? [] : how)];
    await this.java(id, ["kafka.tools.StorageTool", ...format]);
  }

  /** Starts a server through the image's own main class. */
  launch(id: number): void {
    const options = ["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-Dhealth.port=${this.port(id) + 50}`];
    const words = [...options, "-cp", this.classPath, "kafkastack.Main", "kafka.Kafka", this.properties(id)];
    const output = { log: join(this.folder, `${id}.log`) };
    this.running.set(id, start("java", words, { env: this.environment(id), output }));
  }

  /** Has a server forget a leader whom its metadata does not name, as before each start. */
  async forgetLeader(id: number, metadata: string): Promise<void> {
    await this.java(id, ["kafkastack.ForgetLeader", metadata, String(id)]);
  }

  /** Runs the image's recovery beside a server's disk. */
  recovery(id: number, words: readonly string[], input?: Buffer): Promise<Buffer> {
    return this.java(id, ["kafkastack.Recovery", ...words], input);
  }

  /** The recovery's survey of a server's disk. */
  async survey(id: number): Promise<Record<string, string>> {
    const lines = (await this.recovery(id, ["survey"])).toString().trim().split("\n");
    return Object.fromEntries(lines.map((line) => [line.replace(/=.*/s, ""), line.replace(/^[^=]*=/, "")]));
  }

  /** Copies one server's metadata to others, like `recover-quorum`. @returns the survey of the source before */
  async recover(
    from: number,
    lost: readonly number[],
    epoch: number,
    voters: Readonly<Record<number, string>>,
  ): Promise<void> {
    const { end = "" } = await this.survey(from);
    const copy = await this.recovery(from, ["export"]);
    const spec = this.controllers.map((id) => `${id}:${voters[id] ?? ""}`).join(",");
    for (const id of lost)
      await this.recovery(id, ["stage", String(copy.length), end, String(epoch), voters[id] ?? "", spec], copy);
  }

  /** Runs one of Kafka's tools against the broker. */
  async tool(className: string, ...words: string[]): Promise<string> {
    const bootstrap = ["--bootstrap-server", `127.0.0.1:${this.port(BROKER)}`];
    return (await this.java(BROKER, [className, ...bootstrap, ...words])).toString();
  }

  /** Names of the topics; an answer shows that there is a quorum. */
  async topics(): Promise<string[]> {
    const bootstrap = [{ host: "127.0.0.1", port: this.port(BROKER) }];
    const client = new KafkaClient({ bootstrap, clientId: "test", requestTimeoutMs: 5_000 });
    try {
      return [...(await client.metadata(null)).topics.keys()];
    } finally {
      await client.close();
    }
  }

  /** The voters, by node id. */
  async voters(): Promise<number[]> {
    const said = await this.tool("org.apache.kafka.tools.MetadataQuorumCommand", "describe", "--replication");
    return said
      .split("\n")
      .filter((line) => /Leader|Follower/.test(line))
      .map((line) => Number(line.trim().split(/\s+/)[0]))
      .filter((id) => !Number.isNaN(id))
      .sort((one, other) => one - other);
  }

  /** Waits until something succeeds. */
  async until<T>(what: string, done: () => T | Promise<T>, patience = PATIENCE_MS): Promise<T> {
    const late = (why: string) => `${what}: not in time: ${why}\n${this.logs()}`;
    const succeeded = async () => ({ result: await done() });
    return (await until(succeeded, { what, timeout: patience, despite: () => true, late })).result;
  }

  /** Ends all servers and removes their disks. */
  async close(): Promise<void> {
    await this.kill(...this.running.keys());
    rmSync(this.folder, { recursive: true });
  }

  private logs(): string {
    return [...this.controllers, BROKER]
      .map(
        (id) =>
          `${id}: ${readFileSync(join(this.folder, `${id}.log`), "utf8")
            .split("\n")
            .slice(-15)
            .join("\n")}`,
      )
      .join("\n");
  }

  private port(id: number): number {
    return id === BROKER ? FIRST_PORT + 10 : FIRST_PORT + id - (CONTROLLERS[0] ?? 0);
  }

  private properties(id: number): string {
    return join(this.folder, `${id}.properties`);
  }

  private async java(id: number, words: readonly string[], input?: Buffer): Promise<Buffer> {
    const options = ["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", this.classPath];
    const how = { env: this.environment(id), timeout: 120, input };
    const { code, errors, bytes } = await outcome("java", [...options, ...words], how);
    if (code !== 0) throw new Error(`java ${words[0] ?? ""} failed with code ${String(code)}:\n${errors}`);
    return bytes;
  }

  private environment(id: number): NodeJS.ProcessEnv {
    const pool = id === BROKER ? "broker" : "controller";
    const base = id === BROKER ? 0 : (CONTROLLERS[0] ?? 0);
    return {
      PATH: process.env["PATH"],
      POD_NAME: `${pool}-${id - base}`,
      POD_NAMESPACE: "test",
      KAFKA_POOL: pool,
      KAFKA_CLUSTER_ID: CLUSTER,
      KAFKA_NODE_ID_BASE: String(base),
      KAFKA_DATA_DIRS: this.volume(id),
      KAFKA_STACK_CONFIG_DIR: this.folder,
    };
  }

  private configure(id: number): void {
    mkdirSync(this.volume(id));
    const address = `${id === BROKER ? "CLIENT" : "CONTROLLER"}://127.0.0.1:${this.port(id)}`;
    const lines = [
      `process.roles=${id === BROKER ? "broker" : "controller"}`,
      `node.id=${id}`,
      `listeners=${address}`,
      `advertised.listeners=${address}`,
      "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "controller.listener.names=CONTROLLER",
      ...(id === BROKER ? ["inter.broker.listener.name=CLIENT"] : ["controller.quorum.auto.join.enable=true"]),
      `controller.quorum.bootstrap.servers=${this.controllers.map((each) => `127.0.0.1:${this.port(each)}`).join(",")}`,
      `log.dirs=${join(this.volume(id), "log")}`,
      "offsets.topic.replication.factor=1",
      "log.cleaner.dedupe.buffer.size=2097152",
      `health.bootstrap=127.0.0.1:${this.port(BROKER)}`,
    ];
    writeFileSync(this.properties(id), `${lines.join("\n")}\n`);
  }
}

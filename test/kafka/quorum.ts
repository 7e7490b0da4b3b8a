import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome, start, type Running } from "kafka-stack-processes";
import { until } from "kafka-stack-waiting";
import { featuresOf } from "../../components/kafka/versions";
import type { KafkaVersion } from "../../config/kafka";
import { KafkaClient } from "../../services/src/kafka/client";
import { serverClassPath } from "../support/java";

/** One in 64 ids begins with a hyphen. */
const CLUSTER = "-AAAAAAAAAAAAAAAAAAAAA";
const CONTROLLERS = [9000, 9001, 9002];
const BROKER = 0;
const FIRST_PORT = 19_700;
const PATIENCE_MS = 240_000;
/** Directory ids of Kafka 3's first voters: 22 characters of base64url. */
const directoryOf = (id: number): string => `AAAAAAAAAAAAAAAAAA${id}`.padEnd(22, "A").slice(0, 22);

const isBroker = (id: number): boolean => id < 9000;

/** Brokers, by default one, and three controllers as bare JVMs on the loopback interface, started as in the image, and the image's own recovery. */
export class Quorum {
  private readonly folder = mkdtempSync(join(tmpdir(), "quorum-"));
  private readonly running = new Map<number, Running>();

  private constructor(
    private readonly version: KafkaVersion,
    private readonly classPath: string,
    private readonly controllers: readonly number[],
    private readonly brokers: readonly number[],
  ) {}

  /**
   * Compiles the image's Java, founds a quorum and starts a broker.
   *
   * @param controllers the first ones.
   */
  static async start(
    version: KafkaVersion,
    controllers: readonly number[] = CONTROLLERS,
    brokers: readonly number[] = [BROKER],
  ): Promise<Quorum> {
    const classPath = await serverClassPath(version, join(__dirname, "java/ForgetLeader.java"));
    const quorum = new Quorum(version, classPath, controllers, brokers);
    try {
      for (const id of [...controllers, ...brokers]) {
        if (isBroker(id)) quorum.configure(id);
        else await quorum.add(id);
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
    mkdirSync(join(this.volume(id), "log"));
  }

  /** Gives a stopped server a second, empty disk. */
  addDisk(id: number): void {
    const disks = ["log", "more"].map((name) => join(this.volume(id), name));
    mkdirSync(disks[1] ?? "");
    appendFileSync(this.properties(id), `log.dirs=${disks.join(",")}\n`);
  }

  /** Whether a server has ended by itself. */
  hasEnded(id: number): boolean {
    return this.running.get(id)?.runs !== true;
  }

  /** Formats a disk as the image does where another server founds the quorum. */
  async format(id: number, join = id !== CONTROLLERS[0]): Promise<void> {
    const voters = this.controllers
      .map((each) => `${each}@127.0.0.1:${this.port(each)}:${directoryOf(each)}`)
      .join(",");
    const first = join ? ["--no-initial-controllers"] : ["--standalone"];
    const how = !featuresOf(this.version).autoJoinsQuorum && !isBroker(id) ? ["--initial-controllers", voters] : first;
    const format = ["format", `--cluster-id=${CLUSTER}`, "-c", this.properties(id), ...(isBroker(id) ? [] : how)];
    await this.java(id, ["kafka.tools.StorageTool", ...format]);
  }

  /** Starts a server through the image's own main class. */
  launch(id: number): void {
    const own = [`-Dhealth.port=${this.healthPort(id)}`, `-Dtermination.log=${this.lastMessage(id)}`];
    const options = ["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...own];
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

  /** Appends records to a topic, each acknowledged by all replicas in sync. */
  async produce(topic: string, records: readonly string[]): Promise<void> {
    const name = this.version.startsWith("3.") ? "kafka" : "org.apache.kafka";
    const producer = [`${name}.tools.ConsoleProducer`, "--bootstrap-server", this.bootstrap.join(",")];
    const words = [...producer, "--topic", topic, "--producer-property", "acks=all"];
    await this.java(BROKER, words, Buffer.from(records.map((record) => `${record}\n`).join("")));
  }

  /** The number of records in a topic that consumers can read. */
  async records(topic: string): Promise<number> {
    const lines = (await this.tool("org.apache.kafka.tools.GetOffsetShell", "--topic", topic)).trim().split("\n");
    return lines.reduce((sum, line) => sum + Number(line.split(":")[2]), 0);
  }

  /** Runs one of Kafka's tools against the brokers. */
  async tool(className: string, ...words: string[]): Promise<string> {
    const bootstrap = ["--bootstrap-server", this.bootstrap.join(",")];
    return (await this.java(BROKER, [className, ...bootstrap, ...words])).toString();
  }

  /** Addresses of the brokers. */
  get bootstrap(): string[] {
    return this.brokers.map((id) => `127.0.0.1:${this.port(id)}`);
  }

  /** A client of the brokers. */
  client(): KafkaClient {
    const bootstrap = this.brokers.map((id) => ({ host: "127.0.0.1", port: this.port(id) }));
    return new KafkaClient({ bootstrap, clientId: "test", requestTimeoutMs: 5_000 });
  }

  /** Names of the topics; an answer shows that there is a quorum. */
  async topics(): Promise<string[]> {
    const client = this.client();
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

  /** What a server has logged in all of its lives. */
  log(id: number): string {
    return readFileSync(join(this.folder, `${id}.log`), "utf8");
  }

  /** What a server's health endpoint says. */
  async health(id: number, path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.healthPort(id)}${path}`)).text();
  }

  /** The folder of the servers' rendered files and of their marks. */
  mark(name: string): string {
    return join(this.folder, name);
  }

  /** A server's rendered file. */
  properties(id: number): string {
    return join(this.folder, `${id}.properties`);
  }

  /** The file of what a server's container said last. Servers write to it where it exists. */
  lastMessage(id: number): string {
    return join(this.folder, `${id}.last`);
  }

  private logs(): string {
    const last = (id: number) => this.log(id).split("\n").slice(-15).join("\n");
    return [...this.controllers, ...this.brokers].map((id) => `${id}: ${last(id)}`).join("\n");
  }

  private port(id: number): number {
    return isBroker(id) ? FIRST_PORT + 10 + id : FIRST_PORT + id - (CONTROLLERS[0] ?? 0);
  }

  private healthPort(id: number): number {
    return this.port(id) + 50;
  }

  private async java(id: number, words: readonly string[], input?: Buffer): Promise<Buffer> {
    const options = ["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", this.classPath];
    const how = { env: this.environment(id), timeout: 120, input };
    const { code, errors, bytes } = await outcome("java", [...options, ...words], how);
    if (code !== 0) throw new Error(`java ${words[0] ?? ""} failed with code ${String(code)}:\n${errors}`);
    return bytes;
  }

  private environment(id: number): NodeJS.ProcessEnv {
    const pool = isBroker(id) ? "broker" : "controller";
    const base = isBroker(id) ? 0 : (CONTROLLERS[0] ?? 0);
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

  /** Writes a server's settings, and makes its volume. */
  private configure(id: number): void {
    mkdirSync(join(this.volume(id), "log"), { recursive: true });
    const address = `${isBroker(id) ? "CLIENT" : "CONTROLLER"}://127.0.0.1:${this.port(id)}`;
    const lines = [
      `process.roles=${isBroker(id) ? "broker" : "controller"}`,
      `node.id=${id}`,
      `listeners=${address}`,
      `advertised.listeners=${address}`,
      "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "controller.listener.names=CONTROLLER",
      ...(isBroker(id) ? ["inter.broker.listener.name=CLIENT"] : ["controller.quorum.auto.join.enable=true"]),
      `controller.quorum.bootstrap.servers=${this.controllers.map((each) => `127.0.0.1:${this.port(each)}`).join(",")}`,
      `log.dirs=${join(this.volume(id), "log")}`,
      "offsets.topic.replication.factor=1",
      "log.cleaner.dedupe.buffer.size=2097152",
      `health.bootstrap=127.0.0.1:${this.port(isBroker(id) ? id : BROKER)}`,
      `health.brokers=${this.brokers
        .filter((each) => each !== id)
        .map((each) => `127.0.0.1:${this.port(each)}`)
        .join(",")}`,
      `health.controllers=${this.controllers.map((each) => `127.0.0.1:${this.healthPort(each)}`).join(",")}`,
    ];
    writeFileSync(this.properties(id), `${lines.join("\n")}\n`);
  }
}

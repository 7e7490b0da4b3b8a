import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, start, type Running } from "kafka-stack-processes";
import { until } from "../test/fakes.js";

const FIRST_PORT = 19_600;
const CONTROLLER_PORT = 19_690;

/** A Kafka cluster of bare JVMs on the loopback interface. Broker 0 is also the controller; racks are `rack-0` to `rack-2` in turn. */
export class TestCluster {
  readonly #jars: string;
  readonly #directory = mkdtempSync(join(tmpdir(), "kafka-test-"));
  readonly #brokers = new Map<number, Running>();

  private constructor(jars: string) {
    this.#jars = jars;
  }

  /**
   * Starts brokers 0 to `count` - 1.
   *
   * @param jars - the directory with Kafka's jars; default that of the newest version
   */
  static async start(count: number, jars = process.env["KAFKA_JARS"]): Promise<TestCluster> {
    if (jars === undefined)
      throw new Error("KAFKA_JARS must name a directory with Kafka's jars (kafka_2.13, kafka-tools, log4j).");
    const cluster = new TestCluster(jars);
    await Promise.all(Array.from({ length: count }, (_, id) => cluster.startBroker(id)));
    return cluster;
  }

  /** Addresses of the first three brokers. */
  get bootstrap(): string {
    return [0, 1, 2].map((id) => `127.0.0.1:${FIRST_PORT + id}`).join(",");
  }

  async startBroker(id: number): Promise<void> {
    const home = this.#home(id);
    mkdirSync(home, { recursive: true });
    const properties = this.propertiesOf(id);
    writeFileSync(properties, this.#properties(id, home));
    const format = ["format", "--ignore-formatted", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", properties];
    format.push(id === 0 ? "--standalone" : "--no-initial-controllers");
    await run("java", ["-Xmx128m", "-cp", `${this.#jars}/*`, "kafka.tools.StorageTool", ...format]);
    const java = ["-Xms256m", "-Xmx256m", "-XX:+UseG1GC", "-cp", `${this.#jars}/*`, "kafka.Kafka", properties];
    this.#brokers.set(id, start("java", java, { output: { log: join(home, "log") } }));
    await until(`broker ${id} listens`, () => listens(FIRST_PORT + id), 120_000);
  }

  /** The file with a broker's properties. */
  propertiesOf(id: number): string {
    return join(this.#home(id), "server.properties");
  }

  /** Gives a stopped broker an empty disk. */
  empty(id: number): void {
    const disk = join(this.#home(id), "data");
    rmSync(disk, { recursive: true });
    mkdirSync(disk);
  }

  /** Like a power cut. */
  async kill(id: number): Promise<void> {
    await this.#end(id, "SIGKILL");
  }

  /** With SIGTERM, like Kubernetes. */
  async stop(id: number): Promise<void> {
    await this.#end(id, "SIGTERM");
  }

  async close(): Promise<void> {
    await Promise.all([...this.#brokers.keys()].map((id) => this.kill(id)));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #end(id: number, signal: NodeJS.Signals): Promise<void> {
    const broker = this.#brokers.get(id);
    if (broker === undefined) return;
    this.#brokers.delete(id);
    await broker.end(signal);
  }

  #home(id: number): string {
    return join(this.#directory, `broker-${id}`);
  }

  #properties(id: number, home: string): string {
    const client = `PLAINTEXT://127.0.0.1:${FIRST_PORT + id}`;
    const listeners = id === 0 ? `${client},CONTROLLER://127.0.0.1:${CONTROLLER_PORT}` : client;
    return [
      `process.roles=${id === 0 ? "broker,controller" : "broker"}`,
      `node.id=${id}`,
      `broker.rack=rack-${id % 3}`,
      `listeners=${listeners}`,
      `advertised.listeners=${listeners}`,
      "controller.listener.names=CONTROLLER",
      `controller.quorum.bootstrap.servers=127.0.0.1:${CONTROLLER_PORT}`,
      `log.dirs=${join(home, "data")}`,
      `health.bootstrap=127.0.0.1:${FIRST_PORT + id}`,
      "auto.create.topics.enable=false",
      "broker.session.timeout.ms=6000",
    ].join("\n");
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

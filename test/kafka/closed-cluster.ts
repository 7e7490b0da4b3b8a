import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, start, type Running } from "kafka-stack-processes";
import { serverProperties } from "../../components/kafka/settings";
import type { Server } from "../../services/src/certificates/trust";
import { serverClassPath } from "../support/java";
import { until } from "../support/until";

const CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";
const FIRST_PORT = 19_800;
const JAVA = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Seconds for servers to start, all at once and on a machine that has something else to do. */
const START_S = 240;

/** Three servers that are brokers and controllers, on the loopback interface, closed by certificates like the stack's. */
export class ClosedCluster {
  private readonly folder = mkdtempSync(join(tmpdir(), "closed-cluster-"));
  private readonly running: Running[] = [];
  /** The ordinals of its servers. */
  readonly ordinals = [0, 1, 2];

  private constructor(private readonly classPath: string) {}

  /** Compiles the image's Java, and prepares servers, whose certificates have to be there before they {@link start}. */
  static async prepare(): Promise<ClosedCluster> {
    return new ClosedCluster(await serverClassPath());
  }

  /** The directory of a server's certificate. */
  tls(ordinal: number): string {
    return join(this.folder, String(ordinal), "tls");
  }

  /** A server's port for clients. */
  port(ordinal: number): number {
    return FIRST_PORT + 10 * ordinal;
  }

  /** The servers, as who asks for their word sees them. */
  get servers(): Server[] {
    return this.ordinals.map((ordinal) => ({
      name: `broker-${ordinal}`,
      url: `http://127.0.0.1:${this.healthPort(ordinal)}`,
    }));
  }

  /** Formats their disks, starts them, and waits until all are ready. */
  async start(): Promise<void> {
    writeFileSync(join(this.folder, "controllers"), "3\n");
    writeFileSync(join(this.folder, "brokers"), "3\n");
    await Promise.all(
      this.ordinals.map(async (ordinal) => {
        writeFileSync(this.properties(ordinal), this.settings(ordinal));
        mkdirSync(join(this.folder, String(ordinal), "log"), { recursive: true });
        const how = ordinal === 0 ? "--standalone" : "--no-initial-controllers";
        const words = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", this.properties(ordinal), how];
        await run("java", [...JAVA, "-cp", this.classPath, ...words], { timeout: START_S });
      }),
    );
    for (const ordinal of this.ordinals) {
      const own = [`-Dhealth.port=${this.healthPort(ordinal)}`, `-Dmetrics.port=${this.healthPort(ordinal) + 1}`];
      const words = ["-cp", this.classPath, "kafkastack.Main", "kafka.Kafka", this.properties(ordinal)];
      const output = { log: this.logFile(ordinal) };
      this.running.push(start("java", [...JAVA, ...own, ...words], { env: this.environment(ordinal), output }));
    }
    try {
      for (const { name, url } of this.servers) {
        await until(`${name} is ready`, START_S, async () => {
          const response = await fetch(`${url}/ready`);
          return response.ok ? null : await response.text();
        });
      }
    } catch (error) {
      const logs = this.ordinals.map((ordinal) => this.log(ordinal).split("\n").slice(-15).join("\n"));
      throw new Error(`${String(error)}\n${logs.join("\n---\n")}`, { cause: error });
    }
  }

  /** Whether every server is still the one that was started. */
  get runs(): boolean {
    return this.running.every(({ runs }) => runs);
  }

  /** A server's output. */
  log(ordinal: number): string {
    return readFileSync(this.logFile(ordinal), "utf8");
  }

  /** Ends all like a power cut, and removes their disks. */
  async close(): Promise<void> {
    await Promise.all(this.running.map((server) => server.end("SIGKILL")));
    rmSync(this.folder, { recursive: true });
  }

  private settings(ordinal: number): string {
    const [client, controller] = [this.port(ordinal), this.controllerPort(ordinal)];
    const { text } = serverProperties({ mode: "kraft" }, {}, "tls");
    const own = [
      "process.roles=broker,controller",
      `node.id=${ordinal}`,
      `listeners=CLIENT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=CLIENT://localhost:${client},CONTROLLER://localhost:${controller}`,
      "inter.broker.listener.name=CLIENT",
      `ssl.keystore.location=${this.tls(ordinal)}`,
      `controller.quorum.bootstrap.servers=${this.ordinals.map((each) => `localhost:${this.controllerPort(each)}`).join(",")}`,
      "controller.quorum.auto.join.enable=true",
      `log.dirs=${join(this.folder, String(ordinal), "log")}`,
      "log.cleaner.dedupe.buffer.size=2097152",
      "min.insync.replicas=2",
      // A machine that has something else to do is no reason to give up a server.
      "broker.session.timeout.ms=60000",
      "replica.lag.time.max.ms=60000",
      "controller.quorum.fetch.timeout.ms=20000",
      "controller.quorum.election.timeout.ms=5000",
      `health.bootstrap=localhost:${client}`,
    ];
    return `${text}${own.join("\n")}\n`;
  }

  private controllerPort(ordinal: number): number {
    return this.port(ordinal) + 1;
  }

  private healthPort(ordinal: number): number {
    return this.port(ordinal) + 2;
  }

  private properties(ordinal: number): string {
    return join(this.folder, `${ordinal}.properties`);
  }

  private logFile(ordinal: number): string {
    return join(this.folder, `${ordinal}.log`);
  }

  private environment(ordinal: number): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      POD_NAME: `broker-${ordinal}`,
      POD_NAMESPACE: "test",
      KAFKA_POOL: "broker",
      KAFKA_CLUSTER_ID: CLUSTER,
      KAFKA_NODE_ID_BASE: "0",
      KAFKA_STACK_CONFIG_DIR: this.folder,
      KAFKA_TLS_DIR: this.tls(ordinal),
    };
  }
}

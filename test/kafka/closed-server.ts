import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, start, type Running } from "kafka-stack-processes";
import { passwordListeners, serverProperties } from "../../components/kafka/settings";
import type { KeyPair } from "../../services/src/certificates/authority";
import { clientProperties } from "../../services/src/certificates/client-properties";
import { serverClassPath } from "../support/java";
import { until } from "../support/until";

/** Ports of the server: for clients, and for controllers. */
export const [CLIENTS, CONTROLLERS] = [19_780, 19_781];
const HEALTH = 19_782;
/** Port of the server for clients with passwords, where it has one. */
export const PASSWORDS = 19_784;
/** Port of the server for clients with passwords outside the cluster, where it has one. */
export const OUTSIDE = 19_785;
const CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";
const JAVA = ["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** Writes a certificate like a Secret's volume. @param only the files to write; @default all */
export function writeCertificate(directory: string, pair: KeyPair, authority: KeyPair, only?: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  const files = {
    "tls.crt": pair.certificate,
    "tls.key": pair.key,
    "ca.crt": authority.certificate,
    "client.properties": clientProperties({ ...pair, authority: authority.certificate }),
  };
  for (const [name, text] of Object.entries(files)) {
    if (only?.includes(name) ?? true) writeFileSync(join(directory, name), text);
  }
}

/** A server that is broker and controller, on the loopback interface, closed by certificates like the stack's. */
export class ClosedServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "closed-server-"));
  /** The directory of its certificate. */
  readonly tls = join(this.folder, "tls");
  private process: Running | undefined;

  private constructor(private readonly classPath: string) {}

  /** Compiles the image's Java, and prepares a server; it starts with {@link launch}. */
  static async prepare(): Promise<ClosedServer> {
    return new ClosedServer(await serverClassPath());
  }

  /**
   * Starts it, also again, and waits until its health endpoint, a client with the server's certificate, reports that it is ready.
   *
   * @param more lines that override the stack's settings
   * @param passwords whether it has a listener for passwords
   * @param host name of the host outside, where it has a listener for passwords of clients outside, too
   */
  async launch(more: readonly string[] = [], passwords = false, host?: string): Promise<void> {
    const ports = [`CLIENT://127.0.0.1:${CLIENTS}`, `CONTROLLER://127.0.0.1:${CONTROLLERS}`];
    const listeners = [...ports, ...(passwords ? [`SCRAM://127.0.0.1:${PASSWORDS}`] : [])].join(",");
    const settings = { "offsets.topic.replication.factor": 1 };
    const external = host === undefined ? undefined : { authentication: "scram-sha-512" };
    const { text } = serverProperties({ mode: "kraft" }, settings, "tls", passwordListeners(passwords, external));
    const advertised = listeners.replaceAll("127.0.0.1", "localhost");
    const properties = join(this.folder, "server.properties");
    const own = [
      "process.roles=broker,controller",
      "node.id=0",
      `listeners=${listeners}${host === undefined ? "" : `,EXTERNAL://0.0.0.0:${OUTSIDE}`}`,
      `advertised.listeners=${advertised}${host === undefined ? "" : `,EXTERNAL://${host}:${OUTSIDE}`}`,
      "inter.broker.listener.name=CLIENT",
      `ssl.keystore.location=${this.tls}`,
      `controller.quorum.bootstrap.servers=localhost:${CONTROLLERS}`,
      `log.dirs=${join(this.folder, "log")}`,
      "log.cleaner.dedupe.buffer.size=2097152",
      `health.bootstrap=localhost:${CLIENTS}`,
      ...more,
    ];
    // In java.util.Properties the last value counts.
    writeFileSync(properties, `${text}${own.join("\n")}\n`);
    writeFileSync(join(this.folder, "controllers"), "1\n");
    writeFileSync(join(this.folder, "brokers"), "1\n");
    const options = [...JAVA, `-Dhealth.port=${HEALTH}`, `-Dmetrics.port=${HEALTH + 1}`, "-cp", this.classPath];
    const words = [...options, "kafkastack.Main", "kafka.Kafka", properties];
    const output = { log: join(this.folder, "server.log") };
    this.process = start("java", words, { env: this.environment(), output });
    try {
      await until("the server is ready", 240, async () => {
        const response = await fetch(`http://127.0.0.1:${HEALTH}/ready`);
        return response.ok ? null : await response.text();
      });
    } catch (error) {
      throw new Error(`${String(error)}\n${this.log().split("\n").slice(-30).join("\n")}`, { cause: error });
    }
  }

  /** Its output. */
  log(): string {
    return readFileSync(join(this.folder, "server.log"), "utf8");
  }

  /** What its metrics are now. */
  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${HEALTH + 1}/metrics`)).text();
  }

  /** Its certificate, PEM. */
  certificate(): string {
    return readFileSync(join(this.tls, "tls.crt"), "utf8");
  }

  /** Runs one of Kafka's tools with the Secret's file for it. */
  tool(className: string, ...words: string[]): Promise<string> {
    return this.toolAs(join(this.tls, "client.properties"), `localhost:${CLIENTS}`, className, ...words);
  }

  /** Runs one of Kafka's tools with a file for it, at an address. */
  toolAs(config: string, bootstrap: string, className: string, ...words: string[]): Promise<string> {
    const all = [className, "--bootstrap-server", bootstrap, "--command-config", config, ...words];
    return run("java", [...JAVA, "-cp", this.classPath, ...all], { timeout: 120 });
  }

  /** Ends it like a power cut. */
  async stop(): Promise<void> {
    await this.process?.end("SIGKILL");
    this.process = undefined;
  }

  /** Ends it like {@link stop}, and removes its disk. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      POD_NAME: "broker-0",
      POD_NAMESPACE: "test",
      KAFKA_POOL: "broker",
      KAFKA_CLUSTER_ID: CLUSTER,
      KAFKA_NODE_ID_BASE: "0",
      KAFKA_STACK_CONFIG_DIR: this.folder,
      KAFKA_TLS_DIR: this.tls,
    };
  }
}

import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, start, type Running } from "kafka-stack-processes";
import { notYet, until } from "kafka-stack-waiting";
import { sandboxEnvironment } from "../sandbox";
import { kubectl } from "../test/support/kubectl";

/** Ports of the bare brokers: clients, controllers, health, metrics, each counted up by node id. */
const PORTS = { client: 19_700, controller: 19_710, health: 19_720, metrics: 19_730 };
const CLUSTER_ID = "AAAAAAAAAAAAAAAAAAAAAA";

/** Settings that depend on where a server runs; a bare one gets its own. */
const OWN =
  /^(listeners|advertised\.listeners|log\.dirs|node\.id|process\.roles|health\.|controller\.quorum|listener\.security|inter\.broker|controller\.listener)/;

/**
 * The brokers of a stack without Kubernetes: the same image's files, settings and heap, as processes on this machine in a chroot, so that they
 * have the same JVM and the same archive of classes.
 */
export class BareBrokers implements AsyncDisposable {
  private readonly processes = new Map<number, Running>();
  private readonly startupOptions: string;
  private readonly archive: string;

  private constructor(
    private readonly root: string,
    private readonly heap: string,
  ) {
    this.startupOptions = join(root, "opt/kafka/startup.options");
    this.archive = readFileSync(this.startupOptions, "utf8");
  }

  /** Where clients reach them. */
  readonly bootstrap = [0, 1, 2].map((id) => `127.0.0.1:${PORTS.client + id}`).join(",");

  /** Unpacks the image that the stack's brokers run, and starts brokers that are controllers too, by default three. */
  static async start(folder: string, ids: readonly number[] = [0, 1, 2]): Promise<BareBrokers> {
    const bare = await BareBrokers.unpack(folder);
    for (const id of ids) await bare.format(id);
    for (const id of ids) bare.startBroker(id);
    return bare;
  }

  /** Unpacks the image only. */
  static async unpack(folder: string): Promise<BareBrokers> {
    const env = { ...process.env, ...sandboxEnvironment().env };
    const image = await ofBroker("image");
    const heap = await ofBroker('env[?(@.name=="KAFKA_HEAP_OPTS")].value');
    rmSync(folder, { recursive: true, force: true });
    const root = join(folder, "root");
    mkdirSync(root, { recursive: true });
    const container = await run("docker", ["create", image], { env });
    try {
      await run("bash", ["-c", `docker export ${container} | tar -x -C ${root} --exclude=dev/*`], { env });
    } finally {
      await run("docker", ["rm", container], { env });
    }
    await run("mount", ["--bind", "/dev", join(root, "dev")]);
    await run("mount", ["-t", "proc", "proc", join(root, "proc")]);
    const bare = new BareBrokers(root, heap);
    const settings = await kubectl(
      "get",
      "configmap",
      "kafka-config",
      "-n",
      "kafka",
      "-o",
      "jsonpath={.data.server\\.properties}",
    );
    for (const id of [0, 1, 2]) bare.configure(id, settings);
    return bare;
  }

  /** Runs a command of the image. */
  tool(...command: string[]): Promise<string> {
    return run("chroot", [this.root, ...command], { env: { ...process.env, PATH: IMAGE_PATH } });
  }

  /** Starts a formatted broker, with or without the archive of classes from the image's build. */
  startBroker(id: number, archive = true): void {
    writeFileSync(this.startupOptions, archive ? this.archive : "-Xshare:off\n");
    const env = {
      PATH: IMAGE_PATH,
      KAFKA_HEAP_OPTS: this.heap,
      KAFKA_OPTS: `-Dhealth.port=${PORTS.health + id} -Dmetrics.port=${PORTS.metrics + id}`,
      KAFKA_CLUSTER_ID: CLUSTER_ID,
      KAFKA_POOL: "broker",
      KAFKA_NODE_ID_BASE: "0",
      POD_NAMESPACE: "bare",
    };
    const words = ["kafka-run-class.sh", "kafkastack.Main", "kafka.Kafka", `/bare/${id}/server.properties`];
    const output = { log: join(this.root, `bare/${id}/log`) };
    this.processes.set(id, start("chroot", [this.root, ...words], { env, output }));
  }

  /** Waits until a broker is unfenced and in sync; it polls as often as the result's precision needs. */
  async ready(id: number): Promise<void> {
    const ready = () =>
      fetch(`http://127.0.0.1:${PORTS.health + id}/ready`).then(
        (response) => response.ok || notYet(`its log is ${join(this.root, `bare/${id}/log`)}`),
        (error: unknown) => notYet(`${String(error)}; its log is ${join(this.root, `bare/${id}/log`)}`),
      );
    await until(ready, { what: `the bare broker ${id} is ready`, timeout: 120_000, interval: 20 });
  }

  /** Stops a broker: by a kill, or as Kubernetes does. */
  async stop(id: number, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.processes.get(id);
    this.processes.delete(id);
    await child?.end(signal);
  }

  /** Makes the disk of a node: node 0 founds the quorum. */
  async format(id: number): Promise<void> {
    const how = id === 0 ? "--standalone" : "--no-initial-controllers";
    await this.tool(
      "kafka-storage.sh",
      "format",
      "--cluster-id",
      CLUSTER_ID,
      "--config",
      `/bare/${id}/server.properties`,
      "--ignore-formatted",
      how,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.processes.keys()].map((id) => this.stop(id)));
    for (const mount of ["dev", "proc"]) await run("umount", [join(this.root, mount)]);
    rmSync(join(this.root, ".."), { recursive: true, force: true });
  }

  private configure(id: number, settings: string): void {
    const folder = join(this.root, "bare", String(id));
    mkdirSync(folder, { recursive: true });
    const client = `CLIENT://127.0.0.1:${PORTS.client + id}`;
    const listeners = `${client},CONTROLLER://127.0.0.1:${PORTS.controller + id}`;
    const controllers = [0, 1, 2].map((other) => `127.0.0.1:${PORTS.controller + other}`).join(",");
    const kept = settings.split("\n").filter((line) => !OWN.test(line));
    writeFileSync(
      join(folder, "server.properties"),
      [
        ...kept,
        "process.roles=broker,controller",
        `node.id=${id}`,
        `listeners=${listeners}`,
        `advertised.listeners=${listeners}`,
        "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name=CLIENT",
        "controller.listener.names=CONTROLLER",
        `controller.quorum.bootstrap.servers=${controllers}`,
        "controller.quorum.auto.join.enable=true",
        `log.dirs=/bare/${id}/data`,
        `health.bootstrap=127.0.0.1:${PORTS.client + id}`,
        "",
      ].join("\n"),
    );
    appendFileSync(join(folder, "log"), "");
  }
}

const IMAGE_PATH = "/opt/kafka/bin:/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A field of the brokers' container, by its path. */
function ofBroker(field: string): Promise<string> {
  const path = `jsonpath={.spec.template.spec.containers[0].${field}}`;
  return kubectl("get", "statefulset", "broker", "-n", "kafka", "-o", path);
}

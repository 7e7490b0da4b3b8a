import { AppsV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { PassThrough, Writable } from "node:stream";
import { firstNodeId, type Pool } from "../../components/kafka/node-ids";
import { GaveUp, until } from "kafka-stack-waiting";
import { execute, messageOf } from "../kubernetes";
import { parseDisk, type Server } from "./survey";

/** ConfigMap with what the servers read when they start. */
const CONFIG = "kafka-config";

/** How long a server may take to say what it has, in milliseconds; a container that has just ended is tried again. */
const PATIENCE_MS = 30_000;

/** Size of the chunks sent to a pod: the API server limits the size of messages. */
const FRAME_BYTES = 32_768;

/** The servers of a stack, through the Kubernetes API alone. */
export class Pods {
  private readonly core: CoreV1Api;

  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /**
   * Asks every server of the stack what its disk has.
   *
   * @throws when there is no stack with KRaft.
   */
  async survey(): Promise<{ readonly servers: Server[]; readonly fixed: boolean }> {
    const { namespace } = this;
    const data = await this.core
      .readNamespacedConfigMap({ name: CONFIG, namespace })
      .then(({ data: found }) => found ?? {})
      .catch((error: unknown) => {
        throw new Error(
          `There is no ConfigMap ${CONFIG} in namespace ${namespace}: is the stack up? (${messageOf(error)})`,
        );
      });
    const [controllers, brokers] = [Number(data["controllers"]), Number(data["brokers"])];
    if (!(controllers > 0) || !(brokers > 0))
      throw new Error("This stack has no KRaft controllers: nothing to recover.");
    const sets = await this.config.makeApiClient(AppsV1Api).listNamespacedStatefulSet({ namespace });
    const dedicated = sets.items.some(({ metadata }) => metadata?.name === "controller");
    const planned = [
      ...this.pool("broker", brokers, (ordinal) => !dedicated && ordinal < controllers),
      ...(dedicated ? this.pool("controller", controllers, () => true) : []),
    ];
    const servers = await Promise.all(planned.map(async (each) => ({ ...each, disk: await this.diskOf(each.name) })));
    return { servers, fixed: data["voters"] !== undefined };
  }

  /** Runs a command in a server's pod. @returns its standard output @throws with what it said when it fails */
  async run(pod: string, command: readonly string[], input?: Buffer): Promise<Buffer> {
    const { spec } = await this.core.readNamespacedPod({ name: pod, namespace: this.namespace });
    const [out, err] = [new Collected(), new Collected()];
    // Stays open: closing it would close the connection before the command has answered. The command is told how long its input is.
    const stdin = input === undefined ? undefined : new PassThrough();
    for (let at = 0; at < (input?.length ?? 0); at += FRAME_BYTES) stdin?.write(input?.subarray(at, at + FRAME_BYTES));
    const place = { namespace: this.namespace, pod, container: spec?.containers[0]?.name ?? "" };
    const status = await execute(this.config, place, command, { stdin, stdout: out, stderr: err });
    if (status.status !== "Success") {
      throw new Error(err.text().trim().split("\n").at(-1) || (status.message ?? "it failed"));
    }
    return out.content();
  }

  /** What a server says of its quorum. */
  async quorum(pod: string): Promise<string> {
    const ask = 'exec 3<>/dev/tcp/localhost/8080; printf "GET /quorum HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3';
    return (await this.run(pod, ["bash", "-c", ask])).toString();
  }

  /** Restarts a server at once. */
  async restart(pod: string): Promise<void> {
    await this.core.deleteNamespacedPod({ name: pod, namespace: this.namespace, gracePeriodSeconds: 1 });
  }

  private pool(pool: Pool, count: number, controller: (ordinal: number) => boolean): Omit<Server, "disk">[] {
    return Array.from({ length: count }, (_, ordinal) => ({
      name: `${pool}-${ordinal}`,
      id: firstNodeId(pool) + ordinal,
      controller: controller(ordinal),
    }));
  }

  private async diskOf(pod: string): Promise<Server["disk"]> {
    const answer = async () => parseDisk((await this.run(pod, ["quorum-recovery.sh", "survey"])).toString());
    const wait = { what: `${pod} answers`, timeout: PATIENCE_MS, interval: 1_000, despite: () => true };
    return until(answer, wait).catch((error: unknown) => messageOf((error as GaveUp).cause));
  }
}

/** Keeps what is written to it. */
class Collected extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  content(): Buffer {
    return Buffer.concat(this.chunks);
  }

  text(): string {
    return this.content().toString();
  }
}

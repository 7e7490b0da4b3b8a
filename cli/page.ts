import { CoreV1Api, type KubeConfig, PortForward, type V1Pod } from "@kubernetes/client-node";
import { Command } from "commander";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { PAGE_VARIABLE } from "../components/kubernetes/ports";
import { kubeConfig, messageOf } from "./kubernetes";
import { print } from "./print";
import { namespaceOf, type StackOptions } from "./stack-options";

/** Port on this machine, where none is named. */
const PORT = 30392;

/** Labels of the pod that serves the page. */
const SELECTOR = "app.kubernetes.io/part-of=kafka-stack,app.kubernetes.io/component=lag-exporter";

/** A pod that serves the page, and the port at its loopback address. */
export interface PagePod {
  readonly name: string;
  readonly port: number;
}

/**
 * Finds the pod that serves the page.
 *
 * @throws when there is none, with what to do.
 */
export async function findPage(api: CoreV1Api, namespace: string): Promise<PagePod> {
  const { items } = await api.listNamespacedPod({ namespace, labelSelector: SELECTOR });
  const pages = items.flatMap((pod) => {
    const port = portOf(pod);
    return port === undefined || pod.metadata?.deletionTimestamp !== undefined ? [] : [{ pod, port }];
  });
  if (pages.length === 0) {
    throw new Error(
      `No pod in namespace ${namespace} serves the page of the cluster. Set \`kafka-stack:monitoring: { page: true }\` in the stack file and run \`up\`.`,
    );
  }
  const running = pages.find(({ pod }) => pod.status?.phase === "Running");
  if (running === undefined) {
    const names = pages.map(({ pod }) => pod.metadata?.name ?? "").join(", ");
    throw new Error(
      `The page of the cluster is not served now: pod ${names} does not run. \`kubectl describe pod -n ${namespace} ${names}\` says why; then run this again.`,
    );
  }
  return { name: running.pod.metadata?.name ?? "", port: running.port };
}

function portOf({ spec }: V1Pod): number | undefined {
  const value = spec?.containers.flatMap(({ env }) => env ?? []).find(({ name }) => name === PAGE_VARIABLE)?.value;
  return value === undefined ? undefined : Number(value);
}

/** A connection to the API server that carries one connection to the pod. */
interface Carrier {
  close(): void;
  on(event: "close", listener: () => void): unknown;
}

/**
 * Listens at the loopback address, and carries each connection to the pod. The pod is looked up for each, because another one may have taken its place.
 *
 * @param port of this machine; 0 takes a free one
 * @param report is told why a connection failed
 * @throws when the port is taken.
 */
export async function forwardPage(
  config: KubeConfig,
  namespace: string,
  port: number,
  report: (line: string) => void,
): Promise<Server> {
  const api = config.makeApiClient(CoreV1Api);
  const forward = new PortForward(config);
  const carry = async (socket: Socket): Promise<void> => {
    const pod = await findPage(api, namespace);
    const carrier = (await forward.portForward(namespace, pod.name, [pod.port], socket, null, socket)) as Carrier;
    socket.once("close", () => {
      carrier.close();
    });
    carrier.on("close", () => socket.destroy());
    if (socket.destroyed) carrier.close();
  };
  const server = createServer((socket) => {
    // A browser that leaves is no error.
    socket.on("error", () => undefined);
    carry(socket).catch((error: unknown) => {
      report(`The page cannot be reached: ${messageOf(error)}`);
      socket.destroy();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of this machine is taken: name another one with --port, or a free one with --port 0.`,
    );
  });
  return server;
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new Error(`--port ${text} is refused; allowed is a whole number from 0 to 65535.`);
  return port;
}

/** `npm run ops -- page`: opens a way to the page of the cluster, and prints its address. */
export const page = (): Command =>
  new Command("page")
    .description(
      "see the cluster live in a browser, until Ctrl-C: by a port-forward, with the rights of your kubeconfig, and from this machine alone",
    )
    .option("--port <port>", "port of this machine; 0 takes a free one", String(PORT))
    .configureHelp({ showGlobalOptions: true })
    .action(async (_own: unknown, command: Command) => {
      // Which stack, and where, are options of `ops`.
      const { port, ...options } = command.optsWithGlobals<StackOptions & { readonly port: string }>();
      const wanted = toPort(port);
      const namespace = namespaceOf(process.cwd(), options);
      const config = await kubeConfig(options.context);
      await findPage(config.makeApiClient(CoreV1Api), namespace);
      const said = new Set<string>();
      const server = await forwardPage(config, namespace, wanted, (line) => {
        // A browser asks again and again.
        if (!said.has(line)) console.error(line);
        said.add(line);
      });
      print(`The page of the cluster: http://localhost:${(server.address() as AddressInfo).port}/`);
      print("Ctrl-C closes the way to it.");
      await once(server, "close");
    });

import type { IngressSpec } from "./chat-ingress";

/** The options that determine how people reach the chat. */
export interface Reach {
  /** Type of both Services. */
  readonly serviceType: string;
  /** kproducer's Service. */
  readonly producer: {
    /** NodePort, when the type is NodePort. */
    readonly nodePort: number;
  };
  /** kconsumer's Service. */
  readonly consumer: {
    /** NodePort, when the type is NodePort. */
    readonly nodePort: number;
  };
  /** The Ingress in front of both. @default none */
  readonly ingress?: Pick<IngressSpec, "host" | "tlsSecretName"> | undefined;
}

/** The chat's addresses outside the cluster. */
export interface ChatAddresses {
  /** Address of the page. */
  readonly page: string;
  /** Address for messages, with `{topic}` in it. */
  readonly publish: string;
  /** Address of the event stream. */
  readonly subscribe: string;
  /** Command of the terminal client, which supports NodePorts only. */
  readonly client?: string;
}

/** Default NodePorts of the client. */
const CLIENT_PORTS = { producer: 30192, consumer: 30292 };

/**
 * The chat's addresses: at its Ingress, else at the NodePorts of a node.
 *
 * @param host name or address of a node.
 * @returns undefined when there is neither; people then use port forwarding or the address of a load balancer.
 */
export function chatAddresses(
  { ingress, serviceType, producer, consumer }: Reach,
  host: string,
): ChatAddresses | undefined {
  if (ingress) {
    const base = `${ingress.tlsSecretName === undefined ? "http" : "https"}://${ingress.host}`;
    return addresses(base, base);
  }
  if (serviceType !== "NodePort") return undefined;
  const ports = [
    ...(producer.nodePort === CLIENT_PORTS.producer ? [] : [`--producer-port ${producer.nodePort}`]),
    ...(consumer.nodePort === CLIENT_PORTS.consumer ? [] : [`--consumer-port ${consumer.nodePort}`]),
  ];
  return {
    ...addresses(`http://${host}:${producer.nodePort}`, `http://${host}:${consumer.nodePort}`),
    client: ["npm run chat --", '"User A"', ...ports].join(" "),
  };
}

const addresses = (producer: string, consumer: string) => ({
  page: `${consumer}/`,
  publish: `${producer}/api/topics/{topic}`,
  subscribe: `${consumer}/sse/connect`,
});

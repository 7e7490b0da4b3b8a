/** What decides how people reach the chat. */
export interface Reach {
  readonly serviceType: string;
  readonly producer: { readonly nodePort: number };
  readonly consumer: { readonly nodePort: number };
  readonly ingress?: { readonly host: string; readonly tlsSecretName?: string | undefined } | undefined;
}

/** Where the chat is, for people outside the cluster. */
export interface ChatAddresses {
  readonly page: string;
  readonly publish: string;
  readonly subscribe: string;
  /** Command of the client in a terminal, which knows NodePorts only. */
  readonly client?: string;
}

/** NodePorts of the two services that the client takes for granted. */
const CLIENT_PORTS = { producer: 30192, consumer: 30292 };

/**
 * Where people find the chat: at its Ingress, else at the NodePorts of a node.
 *
 * @param host name or address of a node.
 * @returns undefined when there is neither; then the way in is port forwarding or the address of a load balancer.
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

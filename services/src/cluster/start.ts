import type { Logger } from "pino";
import { KafkaClient, type KafkaClientOptions } from "../kafka/client.js";
import { createPageApp } from "./app.js";
import { Feed } from "./feed.js";
import { ClusterPoll } from "./poll.js";
import type { Groups, Known } from "./snapshot.js";

/** Only who may open a port-forward to the pod, by the rights of Kubernetes, reaches the page. */
const HOST = "127.0.0.1";

/** From an answer of Kafka to the next question, in ms. */
const PAUSE_MS = 2_000;

/** How long a request may take, and how long all of one question before the page says that Kafka does not answer, in ms. */
const REQUEST_MS = 5_000;
const PATIENCE_MS = 6_000;

/** A page that is served. */
export interface ServedPage {
  /** Takes over the groups of a round. */
  measured(groups: Known<Groups>): void;
  close(): Promise<void>;
}

/** Serves the page of the cluster at the loopback address. It has connections of its own, which no long round of the lag exporter holds up. */
export async function startPage(
  kafka: {
    readonly KAFKA_BOOTSTRAP_ADDRESS: KafkaClientOptions["bootstrap"];
    readonly KAFKA_TLS_DIR?: string | undefined;
  },
  port: number,
  logger: Logger,
): Promise<ServedPage> {
  const client = new KafkaClient({
    bootstrap: kafka.KAFKA_BOOTSTRAP_ADDRESS,
    clientId: "cluster-page",
    tlsDirectory: kafka.KAFKA_TLS_DIR,
    requestTimeoutMs: REQUEST_MS,
  });
  const poll = new ClusterPoll(client);
  let groups: Known<Groups> = { unknown: "They have not been measured yet." };
  const feed = new Feed({ ask: () => poll.ask(), groups: () => groups, pauseMs: PAUSE_MS, patienceMs: PATIENCE_MS });
  const app = await createPageApp(feed);
  await app.listen({ host: HOST, port });
  logger.info({ host: HOST, port }, "The page of the cluster is there for port-forwards.");
  return {
    measured: (measured) => {
      groups = measured;
    },
    close: async () => {
      feed.close();
      await Promise.all([app.close(), client.close()]);
    },
  };
}

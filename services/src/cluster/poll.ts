import { apiVersionsV3, describeQuorumV2, listPartitionReassignmentsV0 } from "@platformatic/kafka";
import { behindMs, CAUGHT_UP_MS } from "../kafka/caught-up.js";
import type { ClusterView, KafkaClient } from "../kafka/client.js";
import { describeError, isKafkaError } from "../kafka/errors.js";
import { describeClusterV2 } from "../kafka/protocol/describe-cluster.js";
import { type Reassigned, reassignedOf } from "../kafka/reassigned.js";
import { HUNG_MS, PerBroker, readCordon, readDisk } from "./per-broker.js";
import type { Controllers, DiskUse, Known, Snapshot, VoterRow } from "./snapshot.js";
import { survey } from "./survey.js";

/** Brokers that one poll tries. */
const TRIES = 3;

/** Asks Kafka for what the page shows. Each call asks one broker, which may be cut off from the others: the controllers' account of it tells. */
export class ClusterPoll {
  readonly #client: KafkaClient;
  readonly #cordoned: PerBroker<boolean>;
  readonly #disks: PerBroker<DiskUse>;
  #source: number | undefined;

  /** @param now - in ms, of a clock that only goes forward */
  constructor(client: KafkaClient, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#cordoned = new PerBroker((broker) => readCordon(client, broker), now);
    this.#disks = new PerBroker((broker) => readDisk(client, broker), now, HUNG_MS);
  }

  /** The cluster now. @throws when no broker answers */
  async ask(): Promise<Snapshot> {
    const { source, view } = await this.#describe();
    const known = await this.#versions(source);
    const kraft = known(describeQuorumV2.api.key, 2);
    const brokers = [...view.brokers.keys()];
    const [quorum, registered, moves, cordoned, disks] = await Promise.all([
      kraft ? attempt(() => this.#quorum(source)) : { value: zookeepers(view) },
      known(describeClusterV2.key, 2) ? attempt(() => this.#client.request(source, describeClusterV2)) : undefined,
      // With KRaft every broker forwards it to the active controller.
      attempt(() => this.#moves(kraft ? source : "controller")),
      this.#cordoned.read(brokers),
      this.#disks.read(brokers),
    ]);
    const doubt = doubtOf(source, quorum);
    // The next poll asks another one.
    if (doubt !== null) this.#source = undefined;
    return survey({
      view,
      registered: registered !== undefined && "value" in registered ? registered.value : undefined,
      moves: orWhy(moves),
      controllers: "value" in quorum ? { value: quorum.value.controllers } : orWhy(quorum),
      cordoned,
      disks,
      doubt,
    });
  }

  /** A broker, and the cluster as it knows it: the one that was asked last, while it answers. */
  async #describe(): Promise<{ readonly source: number; readonly view: ClusterView }> {
    const before = this.#source;
    if (before !== undefined) {
      const view = await this.#client.metadata(null, before).catch(() => undefined);
      if (view !== undefined) return { source: before, view };
      this.#source = undefined;
    }
    const others = [...(await this.#client.metadata([])).brokers.keys()].filter((id) => id !== before);
    if (others.length === 0 && before !== undefined) others.push(before);
    let failure: unknown;
    const start = Math.floor(Math.random() * others.length);
    for (const source of [...others.slice(start), ...others.slice(0, start)].slice(0, TRIES)) {
      try {
        const view = await this.#client.metadata(null, source);
        this.#source = source;
        return { source, view };
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #versions(source: number): Promise<(key: number, version: number) => boolean> {
    const { apiKeys } = await this.#client.request(source, apiVersionsV3.api, "kafka-stack-page", "1");
    return (key, version) =>
      apiKeys.some((each) => each.apiKey === key && each.minVersion <= version && version <= each.maxVersion);
  }

  async #quorum(source: number): Promise<Quorum> {
    const asked = [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }];
    const partition = (await this.#client.request(source, describeQuorumV2.api, asked)).topics[0]?.partitions[0];
    if (partition === undefined) throw new Error("Kafka does not say who is in the quorum of controllers.");
    const behind = behindMs(partition);
    const voters = partition.currentVoters
      .map(({ replicaId: id }): VoterRow => ({ id, behindMs: behind.get(id) ?? null }))
      .sort((one, other) => one.id - other.id);
    return { controllers: { leader: partition.leaderId, voters }, sourceBehindMs: behind.get(source) ?? null };
  }

  async #moves(target: number | "controller"): Promise<Reassigned[]> {
    return reassignedOf(await this.#client.request(target, listPartitionReassignmentsV0.api, 5_000, null));
  }
}

/** An answer, or the error. */
type Attempt<T> = { readonly value: T } | { readonly error: unknown };

const attempt = <T>(ask: () => Promise<T>): Promise<Attempt<T>> =>
  ask().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

const orWhy = <T>(answer: Attempt<T>): Known<T> =>
  "value" in answer ? answer : { unknown: describeError(answer.error) };

/** The controllers' account. */
interface Quorum {
  readonly controllers: Controllers;
  /** How far the asked broker is behind them: null when it never caught up, undefined where nobody says. */
  readonly sourceBehindMs?: number | null;
}

const zookeepers = ({ controllerId }: ClusterView): Quorum => ({ controllers: { leader: controllerId, voters: [] } });

/** Why what a broker says may be old; null when it is not. */
function doubtOf(source: number, quorum: Attempt<Quorum>): string | null {
  if ("error" in quorum) {
    // They answered: that this is none of the page's business.
    if (isKafkaError(quorum.error, "CLUSTER_AUTHORIZATION_FAILED")) return null;
    return `The controllers do not answer through broker ${source}, so what it says of leaders and brokers may be old: ${describeError(quorum.error)}`;
  }
  const { controllers, sourceBehindMs: behind } = quorum.value;
  if (controllers.leader < 0)
    return `There is no active controller, so leaders do not change, and what broker ${source} says may be old.`;
  if (behind === undefined || (behind !== null && behind <= CAUGHT_UP_MS)) return null;
  const how = behind === null ? "has never caught up with" : `is ${Math.round(behind / 1_000)} s behind`;
  return `Broker ${source}, which was asked, ${how} the controllers, so what it says may be old.`;
}

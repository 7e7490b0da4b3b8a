import {
  type API,
  apiVersionsV3,
  ConfigResourceTypes,
  ConfigSources,
  createPartitionsV3,
  createTopicsV7,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  IncrementalAlterConfigOperationTypes,
} from "@platformatic/kafka";
import { isTransient, type ClusterView, type KafkaClient, type Target } from "../kafka/client.js";
import { describeError, isKafkaError, kafkaErrors } from "../kafka/errors.js";
import type { DeclaredTopic } from "./topics/declared.js";
import { RefusedError } from "./refused.js";
import { someAtOnce } from "./some-at-once.js";

/** A Kafka resource with settings: a topic by name, a broker by id, or all brokers with an empty name. */
export interface ConfigResource {
  readonly type: "topic" | "broker";
  readonly name: string;
}

/** The cluster-wide settings of brokers. */
export const ALL_BROKERS: ConfigResource = { type: "broker", name: "" };

/** The cluster as operations read and change it. Every call retries through elections and restarts, up to a deadline. */
export class Cluster {
  readonly #client: KafkaClient;
  readonly #patienceMs: number;
  readonly #signal: AbortSignal;

  /**
   * @param patienceMs - how long one call is retried while brokers are away or elect a leader
   * @param signal - when aborted, calls are tried only once
   */
  constructor(client: KafkaClient, patienceMs: number, signal: AbortSignal) {
    this.#client = client;
    this.#patienceMs = patienceMs;
    this.#signal = signal;
  }

  /** Running brokers and the named topics, or all of them. */
  describe(topics: readonly string[] | null = null): Promise<ClusterView> {
    return this.#patiently("reading the cluster's metadata", () => this.#client.metadata(topics));
  }

  /** The cluster as one broker knows it; undefined when that broker is not there. */
  async describedBy(broker: number): Promise<ClusterView | undefined> {
    try {
      return await this.#client.metadata(null, broker);
    } catch (error) {
      if (isTransient(error)) return undefined;
      throw new RefusedError(`Kafka failed at asking broker ${broker} for metadata: ${describeError(error)}`);
    }
  }

  /**
   * Settings of the resources themselves, without defaults and inherited ones, by resource name; all or only `keys`. Brokers that are down and topics
   * that were deleted are left out.
   */
  async configOf(
    resources: readonly ConfigResource[],
    keys?: readonly string[],
  ): Promise<Map<string, Record<string, string>>> {
    const configurationKeys = keys === undefined ? null : [...keys];
    const byTarget = Map.groupBy(resources, ownTarget);
    const settings = new Map<string, Record<string, string>>();
    const gone = new Set<string>();
    await someAtOnce([...byTarget], async ([target, members]) => {
      const asked = members.map(({ type, name }) => ({
        resourceType: resourceType(type),
        resourceName: name,
        configurationKeys,
      }));
      const response =
        typeof target === "number"
          ? await this.ask(target, describeConfigsV4.api, asked, false, false)
          : await this.#settingsOf(target, asked);
      // A broker that is down; callers can see which of their brokers answered.
      for (const result of response?.results ?? []) {
        if (result.errorCode === UNKNOWN_TOPIC) {
          gone.add(result.resourceName);
          continue;
        }
        const source = ownSource(result.resourceType, result.resourceName);
        const own = result.configs.filter((entry) => entry.configSource === source);
        settings.set(result.resourceName, Object.fromEntries(own.map((entry) => [entry.name, entry.value ?? ""])));
      }
      if (response === undefined) return;
      const unsaid = members.find(({ name }) => !settings.has(name) && !gone.has(name));
      if (unsaid !== undefined) throw new RefusedError(`Kafka does not say which settings ${nameOf(unsaid)} has.`);
    });
    return settings;
  }

  /**
   * The effective value of one setting for each of `topics`, without those that were deleted.
   *
   * @throws {@link RefusedError} when Kafka does not return it for each
   */
  async effectiveTopicConfig(topics: readonly string[], key: string): Promise<Map<string, string>> {
    const asked = topics.map((name) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName: name,
      configurationKeys: [key],
    }));
    if (asked.length === 0) return new Map();
    const { results } = await this.#settingsOf("any", asked);
    const gone = new Set(
      results.filter(({ errorCode }) => errorCode === UNKNOWN_TOPIC).map((each) => each.resourceName),
    );
    const values = new Map(results.map(({ resourceName, configs }) => [resourceName, configs[0]?.value]));
    return new Map(
      topics.flatMap((topic): [string, string][] => {
        if (gone.has(topic)) return [];
        const value = values.get(topic);
        if (typeof value !== "string")
          throw new RefusedError(`Kafka does not say what ${key} of the topic ${topic} is.`);
        return [[topic, value]];
      }),
    );
  }

  /**
   * One setting of a running broker: its current value, and its value without dynamic changes. Undefined when the broker is not there.
   *
   * @throws {@link RefusedError} when the broker does not know the setting.
   */
  async brokerSetting(
    broker: number,
    key: string,
  ): Promise<{ readonly used: string; readonly file: string } | undefined> {
    const asked = [
      { resourceType: ConfigResourceTypes.BROKER, resourceName: String(broker), configurationKeys: [key] },
    ];
    const response = await this.ask(broker, describeConfigsV4.api, asked, true, false);
    if (response === undefined) return undefined;
    const setting = response.results[0]?.configs.find(({ name }) => name === key);
    if (setting === undefined) throw new RefusedError(`Broker ${broker} knows no setting ${key}.`);
    const atStart = setting.synonyms.find(({ source }) => !CHANGED_WHILE_RUNNING.has(source));
    const used = setting.value ?? "";
    return { used, file: atStart?.value ?? used };
  }

  /**
   * Sets (or with `undefined` removes) settings of one resource.
   *
   * @param validateOnly - only asks Kafka whether it would
   * @param mayBeGone - whether it is no error that the topic was deleted
   */
  async alterConfig(
    resource: ConfigResource,
    changes: Readonly<Record<string, string | undefined>>,
    validateOnly = false,
    mayBeGone = false,
  ): Promise<void> {
    const configs = configsOf(changes);
    if (configs.length === 0) return;
    const resources = [{ resourceType: resourceType(resource.type), resourceName: resource.name, configs }];
    const what = `changing ${Object.keys(changes).join(", ")} of ${nameOf(resource)}`;
    const gone = mayBeGone ? ["UNKNOWN_TOPIC_OR_PARTITION"] : [];
    await this.requestUnlessGone(
      what,
      ownTarget(resource),
      gone,
      incrementalAlterConfigsV1.api,
      resources,
      validateOnly,
    );
  }

  /** Sets (or with `undefined` removes) settings of topics, in one request. A topic that was deleted is no error. */
  async alterTopics(changes: ReadonlyMap<string, Readonly<Record<string, string | undefined>>>): Promise<void> {
    if (changes.size === 0) return;
    const resources = [...changes].map(([resourceName, settings]) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configs: configsOf(settings),
    }));
    const gone = ["UNKNOWN_TOPIC_OR_PARTITION"];
    const what = `changing settings of ${changes.size} topics`;
    await this.requestUnlessGone(what, "controller", gone, incrementalAlterConfigsV1.api, resources, false);
  }

  /** Creates topics; one that exists by now is no error. */
  async createTopics(topics: readonly DeclaredTopic[], validateOnly = false): Promise<void> {
    if (topics.length === 0) return;
    const request = topics.map(({ name, partitions, replicationFactor, config }) => ({
      name,
      numPartitions: partitions,
      replicationFactor,
      assignments: [],
      configs: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    }));
    const exists = ["TOPIC_ALREADY_EXISTS"];
    await this.requestUnlessGone(
      "creating topics",
      "controller",
      exists,
      createTopicsV7.api,
      request,
      30_000,
      validateOnly,
    );
  }

  /** Increases topics' numbers of partitions. */
  async addPartitions(
    topics: readonly { readonly name: string; readonly to: number }[],
    validateOnly = false,
  ): Promise<void> {
    if (topics.length === 0) return;
    const request = topics.map(({ name, to }) => ({ name, count: to, assignments: null }));
    await this.#patiently(
      "adding partitions",
      () => this.#client.request("controller", createPartitionsV3.api, request, 30_000, validateOnly),
      // Kafka says this of a topic that has as many already.
      { met: (name, lost) => lost && name === "INVALID_PARTITIONS" },
    );
  }

  /**
   * Sends one request and retries temporary failures.
   *
   * @param what - the purpose of the request, to complete "Kafka failed at …"
   * @throws {@link RefusedError} with Kafka's reason.
   */
  request<A extends unknown[], R>(what: string, target: Target, api: API<A, R>, ...args: A): Promise<R> {
    return this.#patiently(what, () => this.#client.request(target, api, ...args));
  }

  /**
   * {@link request} for a state that may have been reached already: by an attempt whose answer was lost, or by somebody else.
   *
   * @param gone - names of Kafka's errors that say so, such as `VOTER_NOT_FOUND` for removing a voter. With only these the request counts as done.
   * @returns undefined when the answer consists of such an error
   */
  async requestUnlessGone<A extends unknown[], R>(
    what: string,
    target: Target,
    gone: readonly string[],
    api: API<A, R>,
    ...args: A
  ): Promise<R | undefined> {
    return this.#patiently<R | undefined>(what, () => this.#client.request(target, api, ...args), {
      met: (name) => gone.includes(name),
    });
  }

  /** {@link request} to one broker that may disappear at any time: undefined when it is not there. */
  ask<A extends unknown[], R>(broker: number, api: API<A, R>, ...args: A): Promise<R | undefined> {
    return this.askDespite(broker, [], api, ...args);
  }

  /**
   * {@link ask} for several things of which some may have an error of their own: the answer about the others counts.
   *
   * @param despite - names of Kafka's errors that a part of the answer may have
   */
  async askDespite<A extends unknown[], R>(
    broker: number,
    despite: readonly string[],
    api: API<A, R>,
    ...args: A
  ): Promise<R | undefined> {
    try {
      return await this.#client.request(broker, api, ...args);
    } catch (error) {
      const errors = kafkaErrors(error);
      const { response } = error as { response?: R };
      if (response !== undefined && errors.length > 0 && errors.every(({ apiId }) => despite.includes(String(apiId))))
        return response;
      if (isTransient(error)) return undefined;
      throw new RefusedError(`Kafka failed at asking broker ${broker}: ${describeError(error)}`);
    }
  }

  /** True when brokers support this version of the request; older versions and ZooKeeper mode lack some. */
  async knows(apiKey: number, version: number): Promise<boolean> {
    const { apiKeys } = await this.request("asking for versions", "any", apiVersionsV3.api, "kafka-stack-ops", "1");
    const known = apiKeys.find((each) => each.apiKey === apiKey);
    return known !== undefined && known.minVersion <= version && version <= known.maxVersion;
  }

  /** Settings of resources; a result with the error {@link UNKNOWN_TOPIC} is that of a topic that was deleted. */
  #settingsOf(
    target: Target,
    asked: Parameters<typeof describeConfigsV4.createRequest>[0],
  ): Promise<describeConfigsV4.DescribeConfigsResponse> {
    return this.#patiently("reading settings", async () => {
      try {
        return await this.#client.request(target, describeConfigsV4.api, asked, false, false);
      } catch (error) {
        const { response } = error as { response?: describeConfigsV4.DescribeConfigsResponse };
        if (response === undefined || !kafkaErrors(error).every(({ apiCode }) => apiCode === UNKNOWN_TOPIC))
          throw error;
        const unknown = response.results.filter(({ errorCode }) => errorCode !== 0).map((each) => each.resourceName);
        // A topic that was created a moment ago is not known to all brokers.
        const { topics } = await this.#client.metadata(unknown);
        if (topics.size > 0) throw error;
        return response;
      }
    });
  }

  async #patiently<T>(what: string, attempt: () => Promise<T>, { met = NEVER }: Patience = {}): Promise<T> {
    const deadline = Date.now() + this.#patienceMs;
    for (let pause = 100, lost = false; ; pause = Math.min(pause * 2, 2_000)) {
      try {
        return await attempt();
      } catch (error) {
        const errors = kafkaErrors(error);
        const unmet = errors.filter(({ apiId }) => !met(String(apiId), lost));
        if (errors.length > 0 && unmet.length === 0) return (error as { response?: T }).response as T;
        lost ||= errors.length === 0 || isKafkaError(error, "REQUEST_TIMED_OUT");
        const temporary = unmet.length < errors.length ? unmet.every(isTemporary) : isTemporary(error);
        if (!temporary || this.#signal.aborted || Date.now() + pause > deadline) {
          throw new RefusedError(`Kafka failed at ${what}: ${describeError(unmet[0] ?? error)}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
        await this.#client.metadata([]).catch(() => undefined);
      }
    }
  }
}

/** What a request may take for its success besides an answer without errors. */
interface Patience {
  /**
   * Whether an error says that what was asked for is so.
   *
   * @param name - of Kafka's error
   * @param lost - whether an earlier attempt had no answer, so that Kafka may have carried it out
   */
  readonly met?: (name: string, lost: boolean) => boolean;
}

const NEVER = (): boolean => false;

const isTemporary = (error: unknown): boolean => isTransient(error) || isKafkaError(error, "NOT_CONTROLLER");

/** Kafka's code for a topic that a broker does not know. */
const UNKNOWN_TOPIC = 3;

const CHANGED_WHILE_RUNNING: ReadonlySet<number> = new Set([
  ConfigSources.DYNAMIC_BROKER_CONFIG,
  ConfigSources.DYNAMIC_DEFAULT_BROKER_CONFIG,
]);

const configsOf = (changes: Readonly<Record<string, string | undefined>>) =>
  Object.entries(changes).map(([name, value]) =>
    value === undefined
      ? { name, configOperation: IncrementalAlterConfigOperationTypes.DELETE }
      : { name, configOperation: IncrementalAlterConfigOperationTypes.SET, value },
  );

const nameOf = ({ type, name }: ConfigResource): string =>
  type === "broker" && name === "" ? "all brokers" : `${type} ${name}`;

/** Only a broker itself answers for its own settings. */
function ownTarget({ type, name }: ConfigResource): Target {
  return type === "broker" && name !== "" ? Number(name) : "controller";
}

/** The reported source of a setting that was set for the resource itself. */
function ownSource(type: number, name: string): number {
  if (type === ConfigResourceTypes.TOPIC) return ConfigSources.DYNAMIC_TOPIC_CONFIG;
  return name === "" ? ConfigSources.DYNAMIC_DEFAULT_BROKER_CONFIG : ConfigSources.DYNAMIC_BROKER_CONFIG;
}

function resourceType(type: ConfigResource["type"]) {
  return type === "topic" ? ConfigResourceTypes.TOPIC : ConfigResourceTypes.BROKER;
}

import { parseProperties } from "./properties";
import { componentOf, type KubernetesResource } from "./resource";

/** A topic as a stack declares it. */
export interface DeclaredTopic {
  readonly name: string;
  /** Undefined leaves it to the brokers' `num.partitions`. */
  readonly partitions: number | undefined;
  /** Undefined leaves it to the brokers' `default.replication.factor`. */
  readonly replicationFactor: number | undefined;
  /** The topic's own settings. */
  readonly config: Readonly<Record<string, string>>;
}

/** A user of Kafka as a stack declares it. */
export interface DeclaredUser {
  readonly name: string;
  /** What it may do. */
  readonly acls: readonly {
    /** `topic`, `group`, `transactionalId` or `cluster`. */
    readonly resource: string;
    /** `literal` or `prefixed`. */
    readonly pattern: string;
    readonly name: string;
    readonly operations: readonly string[];
  }[];
}

const settingsKeys = ["server.properties", "broker.properties", "controller.properties"];

/**
 * The Kafka settings in a ConfigMap: its key `server.properties`, `broker.properties` or `controller.properties`.
 *
 * @returns undefined when the resource holds none, or when they are unknown.
 */
export function kafkaSettings(resource: KubernetesResource): Map<string, string> | undefined {
  const files = settingsKeys
    .map((key) => configMapText(resource, key))
    .filter((file) => file !== undefined)
    .map(parseProperties);
  return files.length === 0 ? undefined : new Map(files.flatMap((file) => [...file]));
}

/** As `kafkaSettings`, but only for brokers: dedicated controllers do not need the settings that these policies ask for. */
export function brokerSettings(resource: KubernetesResource): Map<string, string> | undefined {
  const settings = kafkaSettings(resource);
  const controllerOnly = componentOf(resource) === "controller" || settings?.get("process.roles") === "controller";
  return controllerOnly ? undefined : settings;
}

/** Keys of ConfigMaps that declare topics: the second one is of versions before the first. */
const topicsKeys = ["cluster.json", "topics.json"];

/**
 * The topics declared in a ConfigMap's key `cluster.json` or `topics.json`: `{"topics": [{"name", "partitions", "replicationFactor", "config"}]}`.
 *
 * @returns an empty list when there are none, or when they are unknown or in another form.
 */
export function declaredTopics(resource: KubernetesResource): DeclaredTopic[] {
  const text = topicsKeys.map((key) => configMapText(resource, key)).find((content) => content !== undefined);
  return text === undefined ? [] : listIn(parseJson(text), "topics").map(topic);
}

/**
 * The users declared in a ConfigMap's key `cluster.json`: `{"users": [{"name", "acls": [{"resource", "pattern", "name", "operations"}]}]}`.
 *
 * @returns an empty list when there are none, or when they are unknown or in another form.
 */
export function declaredUsers(resource: KubernetesResource): DeclaredUser[] {
  const text = configMapText(resource, "cluster.json");
  return (text === undefined ? [] : listIn(parseJson(text), "users")).map((user) => ({
    name: String(property(user, "name")),
    acls: listIn(user, "acls").map((acl) => ({
      resource: String(property(acl, "resource")),
      pattern: String(property(acl, "pattern")),
      name: String(property(acl, "name")),
      operations: listIn(acl, "operations").map(String),
    })),
  }));
}

function listIn(raw: unknown, key: string): unknown[] {
  const found = property(raw, key);
  return Array.isArray(found) ? found : [];
}

function topic(raw: unknown): DeclaredTopic {
  const config = property(raw, "config");
  return {
    name: String(property(raw, "name")),
    partitions: number(property(raw, "partitions")),
    replicationFactor: number(property(raw, "replicationFactor")),
    config: Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, String(value)])),
  };
}

function configMapText(resource: KubernetesResource, key: string): string | undefined {
  return resource.kind === "ConfigMap" ? resource.properties.at("data", key).text : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function number(raw: unknown): number | undefined {
  return typeof raw === "number" ? raw : undefined;
}

function property(raw: unknown, key: string): unknown {
  return typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
}

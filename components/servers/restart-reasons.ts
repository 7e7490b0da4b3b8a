/** A pod template as Pulumi's inputs, a StatefulSet or a ControllerRevision have it. */
export type PodTemplate = Readonly<Record<string, unknown>>;

/** Settings that servers read only when they start, as text by their names. */
export type RestartSettings = Readonly<Record<string, string>>;

/** Annotation of a server's pod: a hash over the settings that only a restart applies. */
export const RESTART_HASH = "kafka-stack/restart-hash";

/** What servers of a role are called in the stack file. */
const KEYS: Readonly<Record<string, string>> = { broker: "kafka", controller: "controllers", zookeeper: "zookeeper" };

/** Reasons that one line names. */
const MOST_REASONS = 4;

/** Properties whose values are shown. What is laid over a pod may hold a secret: of everything else only the name is. */
const SHOWN =
  /(^|\.)(image|resources\..+|terminationGracePeriodSeconds|priorityClassName|runtimeClassName|serviceAccountName|(startup|readiness|liveness)Probe\..+)$|(^|\.)env\.(KAFKA_EXTERNAL_HOST|KAFKA_EXTERNAL_PORT_BASE|KAFKA_DATA_DIRS)$/;

/** A property that differs. */
interface Difference {
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

/**
 * Why a pod restarts, in words: what differs between the template that it runs by and the one that it shall run by. Empty when nothing does.
 *
 * @param settingsOf the settings that pods with a hash read at their start; undefined where they are not known.
 */
export function restartReasons(
  before: PodTemplate,
  after: PodTemplate,
  settingsOf: (hash: string) => RestartSettings | undefined,
): string[] {
  const role = String(at(after, "metadata", "labels", "app.kubernetes.io/component"));
  return differences(keyed(before), keyed(after)).flatMap((difference) =>
    difference.path.join(" ") === `metadata annotations ${RESTART_HASH}`
      ? settingReasons(settingsOf(String(difference.was)), settingsOf(String(difference.is)))
      : [reasonOf(difference, role)],
  );
}

/** Reasons as the end of a sentence: the first ones, and the number of the others. */
export function listReasons(reasons: readonly string[]): string {
  const shown = reasons.slice(0, MOST_REASONS).join(", ");
  return reasons.length > MOST_REASONS ? `${shown} and ${reasons.length - MOST_REASONS} more` : shown;
}

function settingReasons(was: RestartSettings | undefined, is: RestartSettings | undefined): string[] {
  if (was === undefined || is === undefined) return ["settings of its server.properties changed"];
  return differences(was, is).map(({ path, ...values }) => change(path.join("."), values));
}

function reasonOf({ path, was, is }: Difference, role: string): string {
  if (path.at(-1) === "kubectl.kubernetes.io/restartedAt") return "somebody restarted it (kubectl rollout restart)";
  const name = nameOf(path, role);
  const key = KEYS[role];
  if (name === "env.KAFKA_HEAP_OPTS") {
    return change(key === undefined ? "heap" : `${key}.heap`, { was: heapOf(was), is: heapOf(is) });
  }
  const called = name.startsWith("resources.") && key !== undefined ? `${key}.${name}` : name;
  if (!SHOWN.test(name)) return `${called} ${was === undefined ? "added" : is === undefined ? "removed" : "changed"}`;
  return change(called, name.endsWith("image") ? shortImages(was, is) : { was, is });
}

/** The name of a property of a pod: without what says no more than that it is one of its server's. */
function nameOf(path: readonly string[], role: string): string {
  const inSpec = path[0] === "spec" ? path.slice(1) : path[0] === "metadata" ? path.slice(1) : path;
  const own = inSpec[0] === "containers" && inSpec[1] === role ? inSpec.slice(2) : inSpec;
  return own
    .filter((step, index) => !(step === "value" && own[index - 2] === "env"))
    .map((step) => (/[^\w-]/.test(step) ? `["${step}"]` : step))
    .join(".")
    .replaceAll(".[", "[");
}

/** A change in words; a value that is not a simple one, or not known yet, is not shown. */
function change(name: string, { was, is }: { readonly was: unknown; readonly is: unknown }): string {
  const [from, to] = [was, is].map((value) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined,
  );
  if (was === undefined) return to === undefined ? `${name} added` : `${name} set to ${to}`;
  if (is === undefined) return from === undefined ? `${name} removed` : `${name} (${from}) removed`;
  if (from === undefined || to === undefined) return `${name} changed`;
  return `${name} changed from ${from} to ${to}`;
}

/** `512m`, from the options that fix the heap. */
const heapOf = (options: unknown): unknown =>
  typeof options === "string" ? (/-Xmx(\S+)/.exec(options)?.[1] ?? options) : options;

/** Digests of one repository are told apart by their first digits. */
function shortImages(was: unknown, is: unknown): { readonly was: unknown; readonly is: unknown } {
  const parts = [was, is].map((image) => (typeof image === "string" ? /^(.+)@(sha256:.{12}).*$/.exec(image) : null));
  const [old, now] = parts;
  return old && now && old[1] === now[1] ? { was: old[2], is: now[2] } : { was, is };
}

/** What differs between two values: the highest properties that only one has, else the lowest. */
function differences(was: unknown, is: unknown, path: readonly string[] = []): Difference[] {
  if (isMap(was) && isMap(is)) {
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(was[key], is[key], [...path, key]),
    );
  }
  return was === is || (isOpaque(was) && isOpaque(is)) ? [] : [{ path, was, is }];
}

/** Lists as maps, by the names of their elements where all have one, so that one more element shifts no other. */
function keyed(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value as unknown[];
    const names = elements.map((element) => at(element, "name") ?? at(element, "mountPath"));
    const named = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
    return Object.fromEntries(elements.map((element, index) => [named ? names[index] : `${index}`, keyed(element)]));
  }
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (key === "$patch" ? [] : [[key, keyed(one)]])))
    : value;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);
}

/** A plain object: neither a list nor an output. */
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A secret, or what is not known yet: two of them cannot be compared. */
const isOpaque = (value: unknown): boolean => typeof value === "object" && value !== null && !isMap(value);

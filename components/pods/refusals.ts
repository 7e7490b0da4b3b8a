import { formatPath } from "../kubernetes/problems";
import { containerRefusals, mountRefusals, variableRefusals, type Surrounding } from "./container-refusals";
import { OVERLAY, VOLUME_TYPES } from "./fields";
import { mergeKey, strategicMerge } from "./merge";
import { SERVER_PROBES, SERVICE_PROBES, type ProbeTimes } from "./probes";
import { ANNOTATIONS, LABELS, LISTENED, QUANTITIES, USUAL_GRACE_SECONDS, VOLUMES } from "./reserved";
import { misfits, object, type PathProblem } from "./shape";
import { POD_KINDS, type PodKind, type PodOverlay, type PodOverlays } from "../kubernetes/pod-overlays";

/** The properties of a stack that determine which overlays are allowed. */
export interface PodContext {
  /** Kinds without pods, with the reason: their overlay would have no effect. */
  readonly without?: Readonly<Partial<Record<PodKind, string>>>;
  /** Whether brokers ask for the zone of their node, with an account that may. */
  readonly zones?: boolean;
  /** Seconds for pods of a kind to stop without an overlay. @default 30 */
  readonly graceSeconds?: Readonly<Partial<Record<PodKind, number>>>;
  /** The keys or arguments with the CPU, memory and ephemeral storage of a kind. */
  readonly resources: Readonly<Record<PodKind, string>>;
}

type Section = "all" | PodKind;

/** The well-formed part of an overlay: the rest has been reported, and nothing is concluded from it. */
type Sound = PodOverlay;

const SECTIONS: readonly Section[] = ["all", ...POD_KINDS];
const PODS = object(Object.fromEntries(SECTIONS.map((section) => [section, OVERLAY])));
const PROBES: Readonly<Partial<Record<PodKind, ProbeTimes>>> = {
  broker: SERVER_PROBES,
  controller: SERVER_PROBES,
  zookeeper: SERVER_PROBES,
  kproducer: SERVICE_PROBES,
  kconsumer: SERVICE_PROBES,
};

/** Everything that is wrong with overlays, each at its path below `pods`: what Kubernetes would refuse, and what would break the server. */
export function podProblems(pods: unknown, context: PodContext): PathProblem[] {
  const root = ["pods"];
  const wrong = misfits(PODS, pods, root);
  const sound = soundOf(pods, wrong);
  return unique([
    ...wrong,
    ...SECTIONS.flatMap((section) => [...sectionRefusals(section, sound, context)]),
    ...POD_KINDS.flatMap((kind) => [...times(kind, sound, context)]),
  ]);
}

/**
 * Refuses overlays that would break a server.
 *
 * @throws an error with everything that is wrong with them.
 */
export function refusePods(pods: PodOverlays | undefined, context: PodContext): void {
  const problems = pods === undefined ? [] : podProblems(pods, context);
  if (problems.length === 0) return;
  const lines = problems.map(({ path, message }) => `  ${formatPath(path)}: ${message}`);
  throw new Error(`The overlays of the pods are refused:\n${lines.join("\n")}`);
}

/** One problem at each path: a value can violate several rules that say nearly the same. */
const unique = (problems: readonly PathProblem[]): PathProblem[] =>
  [...new Map([...problems].reverse().map((problem) => [formatPath(problem.path), problem])).values()].reverse();

function soundOf(pods: unknown, wrong: readonly PathProblem[]): Partial<Record<Section, Sound>> {
  const bad = new Set(wrong.map(({ path }) => JSON.stringify(path.slice(0, 3))));
  const sections = typeof pods === "object" && pods !== null ? Object.entries(pods) : [];
  return Object.fromEntries(
    sections
      .filter(([section, overlay]) => typeof overlay === "object" && !bad.has(JSON.stringify(["pods", section])))
      .map(([section, overlay]) => [
        section,
        Object.fromEntries(
          Object.entries((overlay ?? {}) as object).filter(([key]) => !bad.has(JSON.stringify(["pods", section, key]))),
        ),
      ]),
  );
}

function* sectionRefusals(
  section: Section,
  sound: Partial<Record<Section, Sound>>,
  context: PodContext,
): Iterable<PathProblem> {
  const own = sound[section];
  if (own === undefined) return;
  const at = (...path: (string | number)[]) => ["pods", section, ...path];
  const none = section === "all" ? undefined : context.without?.[section];
  if (none !== undefined) yield { path: at(), message: `has no effect: ${none}` };
  const all = section === "all" ? {} : (sound.all ?? {});
  const kinds = section === "all" ? POD_KINDS : [section];
  const both = strategicMerge<Sound>(all, own);
  const surrounding: Surrounding = {
    volumes: new Set((both.volumes ?? []).map(({ name }) => name)),
    ports: new Set(kinds.flatMap((kind) => LISTENED[kind])),
  };
  yield* reserved(at, own);
  yield* variableRefusals(own.env, at("env"), true);
  yield* mountRefusals(own.volumeMounts, surrounding, at("volumeMounts"), true);
  yield* containerRefusals(own.initContainers, surrounding, at("initContainers"));
  yield* containerRefusals(own.sidecars, surrounding, at("sidecars"));
  yield* duplicates(at, own);
  const before = new Set((both.initContainers ?? []).map(({ name }) => name));
  for (const [index, { name }] of (own.sidecars ?? []).entries()) {
    if (before.has(name)) yield { path: at("sidecars", index, "name"), message: `${name} is an initContainer, too` };
  }
  if (own.sidecars && (section === "all" || section === "job")) {
    const why = "a Job does not end while a sidecar runs";
    yield {
      path: at("sidecars"),
      message: `are refused: ${why}; name them for each kind of server, or as initContainers with restartPolicy: Always`,
    };
  }
  if (own.probes && section === "job") yield { path: at("probes"), message: "have no effect: Jobs have no probes" };
  if (own.serviceAccountName !== undefined && context.zones && (section === "all" || section === "broker")) {
    const why = "brokers ask for the zone of their node with an account of the stack's, which may read nodes";
    yield { path: at("serviceAccountName"), message: `is refused: ${why}` };
  }
  yield* resourceRefusals(
    at,
    own,
    kinds.map((kind) => context.resources[kind]),
  );
}

type At = (...path: (string | number)[]) => (string | number)[];

function* reserved(at: At, own: Sound): Iterable<PathProblem> {
  for (const label of Object.keys(own.labels ?? {})) {
    if (LABELS.test(label))
      yield {
        path: at("labels", label),
        message: "is refused: Services, policies and controllers find the pods by it",
      };
  }
  for (const annotation of Object.keys(own.annotations ?? {})) {
    if (ANNOTATIONS.test(annotation))
      yield { path: at("annotations", annotation), message: "is refused: it is the stack's own" };
  }
  for (const [index, volume] of (own.volumes ?? []).entries()) {
    if (VOLUMES.test(volume.name))
      yield {
        path: at("volumes", index, "name"),
        message: `${volume.name} is refused: it is a volume of the stack's own`,
      };
    const sources = VOLUME_TYPES.filter((source) => source in volume);
    if (sources.length !== 1)
      yield {
        path: at("volumes", index),
        message: `must have one of ${VOLUME_TYPES.join(", ")}; it has ${sources.join(" and ") || "none"}`,
      };
  }
  for (const [index, { key, operator, value, effect, tolerationSeconds }] of (own.tolerations ?? []).entries()) {
    const path = at("tolerations", index);
    if (operator === "Exists" && value !== undefined)
      yield { path, message: "has a value, which operator Exists ignores" };
    if (key === undefined && operator !== "Exists")
      yield { path, message: "tolerates every key only with operator Exists" };
    if (tolerationSeconds !== undefined && effect !== "NoExecute")
      yield { path, message: "has tolerationSeconds, which are for effect NoExecute" };
  }
}

/** Entries of a list that Kubernetes would treat as one. */
function* duplicates(at: At, own: Sound): Iterable<PathProblem> {
  for (const [list, entries] of Object.entries(own)) {
    if (!Array.isArray(entries)) continue;
    const keys = entries.map((entry) => mergeKey(list, entry));
    for (const [index, key] of keys.entries()) {
      if (key !== undefined && keys.indexOf(key) < index)
        yield { path: at(list, index), message: "is listed twice; each entry may be listed once" };
    }
  }
}

function* resourceRefusals(at: At, own: Sound, elsewhere: readonly string[]): Iterable<PathProblem> {
  for (const part of ["requests", "limits"] as const) {
    for (const quantity of Object.keys(own.resources?.[part] ?? {})) {
      if (QUANTITIES.has(quantity))
        yield { path: at("resources", part, quantity), message: `is refused: it is set by ${elsewhere.join(", ")}` };
    }
  }
}

/** Times that are too short, of `all` and the kind's own overlay together; reported where they are written. */
function* times(kind: PodKind, sound: Partial<Record<Section, Sound>>, context: PodContext): Iterable<PathProblem> {
  if (context.without?.[kind] !== undefined) return;
  const both = strategicMerge<Sound>(sound.all ?? {}, sound[kind]);
  const at = (key: keyof Sound, ...path: string[]) => [
    "pods",
    sound[kind]?.[key] === undefined ? "all" : kind,
    key,
    ...path,
  ];
  const grace = both.terminationGracePeriodSeconds;
  const least = context.graceSeconds?.[kind] ?? USUAL_GRACE_SECONDS;
  if (grace !== undefined && grace < least) {
    const path = at("terminationGracePeriodSeconds");
    yield { path, message: `${grace} is refused; allowed is at least ${least}, what ${kind} pods have without it` };
  }
  const usual = PROBES[kind];
  for (const probe of ["startup", "liveness"] as const) {
    const given = both.probes?.[probe];
    if (!usual || !given) continue;
    const { timeoutSeconds, periodSeconds, failureThreshold } = {
      timeoutSeconds: usual.timeoutSeconds,
      ...usual[probe],
      ...given,
    };
    const patience = usual[probe].periodSeconds * usual[probe].failureThreshold;
    if (Number(periodSeconds) * Number(failureThreshold) < patience) {
      const why = `periodSeconds times failureThreshold is at least ${patience} for ${kind} pods`;
      yield { path: at("probes", probe), message: `would restart a healthy pod; ${why}` };
    }
    if (Number(timeoutSeconds) < usual.timeoutSeconds) {
      const why = `timeoutSeconds is at least ${usual.timeoutSeconds} for ${kind} pods`;
      yield { path: at("probes", probe), message: `would restart a healthy pod; ${why}` };
    }
  }
}

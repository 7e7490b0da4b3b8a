import type { V1LabelSelector, V1NetworkPolicyPeer } from "@kubernetes/client-node";
import { objects, workloads } from "./objects";
import type { Recording } from "./recording";

/** A NetworkPolicy's spec in the form of the API; the client's types rename `from`. */
interface PolicySpec {
  readonly podSelector?: V1LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly {
    readonly ports?: readonly { readonly port?: number }[];
    readonly from?: readonly V1NetworkPolicyPeer[];
  }[];
}

type Labels = Readonly<Record<string, string>>;

/** Pods of one kind, or a stranger that stands for all pods that the stack does not know. */
interface Pods {
  /** `broker`, or a description of the stranger. */
  readonly name: string;
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** Ports on which they listen, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A client outside the cluster: an address, not a pod. */
const OUTSIDE = "addresses outside the cluster";

const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** A namespace that does not belong to the stack. */
const ELSEWHERE = "elsewhere";

/** The chart's pods are not recorded; they have its `podLabels` and this port. */
const REGISTRY_PORT = 5000;

/** Every kind of pod of a stack, and a stranger in each of its namespaces and in another. */
function podsOf(recording: Recording): { own: Pods[]; strangers: Pods[] } {
  const namespaces = new Map(
    objects(recording, "Namespace").map(({ metadata }) => [
      metadata.name ?? "",
      { ...metadata.labels, [NAMESPACE_NAME]: metadata.name ?? "" },
    ]),
  );
  const inNamespace = (namespace: string) => ({ namespace, namespaceLabels: namespaces.get(namespace) ?? {} });
  const made = workloads(recording).map(({ metadata, template, containers }): Pods => {
    const ports = containers.flatMap((container) => container.ports ?? []);
    return {
      ...inNamespace(metadata.namespace ?? ""),
      name: template.metadata?.labels?.["app.kubernetes.io/component"] ?? "?",
      labels: template.metadata?.labels ?? {},
      ports: Object.fromEntries(ports.map(({ name = "?", containerPort }) => [name, containerPort])),
    };
  });
  const charts = recording.resources
    .filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart")
    .map(({ inputs }): Pods => {
      const { namespace, values } = inputs as unknown as { namespace: string; values: { podLabels: Labels } };
      const ports = { registry: REGISTRY_PORT };
      return { ...inNamespace(namespace), name: "registry", labels: values.podLabels, ports };
    });
  const own = [...made, ...charts];
  const distinct = [
    ...new Map(own.map((pods) => [`${pods.namespace} ${pods.name} ${JSON.stringify(pods.ports)}`, pods])).values(),
  ];
  const stranger = (namespace: string, name: string): Pods => ({
    ...inNamespace(namespace),
    name,
    labels: {},
    ports: { any: 1 },
  });
  return {
    own: distinct,
    strangers: [
      ...[...namespaces.keys()].map((namespace) => stranger(namespace, `any pod in ${namespace}`)),
      { ...stranger(ELSEWHERE, "any pod elsewhere"), namespaceLabels: { [NAMESPACE_NAME]: ELSEWHERE } },
    ],
  };
}

/**
 * Who may connect to what, one line for each port of each kind of pod, according to the NetworkPolicies of a stack. Where a stranger of a namespace may connect, it is
 * listed alone: all other pods of its namespace may, too.
 */
export function reach(recording: Recording): string {
  const { own, strangers } = podsOf(recording);
  const policies: { namespace: string; spec: PolicySpec }[] = objects(recording, "NetworkPolicy").map(
    ({ metadata, spec }) => ({
      namespace: metadata.namespace ?? "",
      spec,
    }),
  );
  const allowed = (from: Pods | undefined, to: Pods, port: number): boolean => {
    const isolating = policies.filter(
      ({ namespace, spec }) =>
        namespace === to.namespace &&
        (spec.policyTypes ?? ["Ingress"]).includes("Ingress") &&
        selects(spec.podSelector ?? {}, to.labels),
    );
    if (isolating.length === 0) return true;
    return isolating.some(({ namespace, spec }) =>
      (spec.ingress ?? []).some(
        ({ ports = [], from: peers = [] }) =>
          (ports.length === 0 || ports.some((one) => one.port === undefined || one.port === port)) &&
          (peers.length === 0 || peers.some((peer) => isPeer(peer, namespace, from))),
      ),
    );
  };
  const known = strangers.filter(({ namespace }) => namespace !== ELSEWHERE);
  const lines = [...own, ...known].flatMap((to) =>
    Object.entries(to.ports).map(([name, port]) => {
      const strange = strangers.filter((from) => allowed(from, to, port));
      const outside = allowed(undefined, to, port);
      const covered = strange.map(({ namespace }) => namespace);
      const named = own.filter((from) => !covered.includes(from.namespace) && allowed(from, to, port));
      const who =
        outside && strange.length === strangers.length
          ? ["anyone"]
          : [...(outside ? [OUTSIDE] : []), ...[...strange, ...named].map(({ name }) => name).sort()];
      return `${to.namespace}/${to.name} ${name} ${port}: ${who.length === 0 ? "nobody" : [...new Set(who)].join(", ")}`;
    }),
  );
  return `${[...new Set(lines)].sort().join("\n")}\n`;
}

function isPeer(peer: V1NetworkPolicyPeer, namespace: string, from: Pods | undefined): boolean {
  // The client's address is unknown here: any range lets some addresses in.
  if (peer.ipBlock !== undefined) return from === undefined;
  if (from === undefined) return false;
  const inPlace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, from.namespaceLabels)
    : from.namespace === namespace;
  return inPlace && (peer.podSelector === undefined || selects(peer.podSelector, from.labels));
}

function selects({ matchLabels = {}, matchExpressions }: V1LabelSelector, labels: Labels): boolean {
  if (matchExpressions !== undefined)
    throw new Error("no policy of a stack has matchExpressions, and this does not know them");
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

import { isClusterScoped } from "kafka-stack-kubernetes-facts";
import { called, objects, packageOf, type KubernetesObject } from "../../support/objects";
import { waitsFor } from "../../support/graph";
import type { Recorded, Recording } from "../../support/recording";
import { draft, inputsOf, inside, type Invariants } from "./invariant";

const STACK = "pulumi:pulumi:Stack";
const LABELS = ["name", "instance", "component", "part-of", "managed-by"].map((label) => `app.kubernetes.io/${label}`);

/** Checks each resource. */
function eachResource(wrong: (resource: Recorded, recording: Recording) => string | undefined) {
  return (recording: Recording): string[] =>
    recording.resources.flatMap((resource) => {
      const problem = wrong(resource, recording);
      return problem === undefined ? [] : [`${called(resource)}: ${problem}`];
    });
}

/** Checks each Kubernetes object. */
function eachObject(wrong: (object: KubernetesObject, recording: Recording) => string | undefined) {
  return (recording: Recording): string[] =>
    objects(recording).flatMap((object) => {
      const problem = wrong(object, recording);
      return problem === undefined ? [] : [`${called(object.resource)}: ${problem}`];
    });
}

/** Invariants of every object and every resource. */
export const everyObject: Invariants = {
  "every object has the recommended labels": {
    check: eachObject(({ metadata }) => {
      const missing = LABELS.filter((label) => !metadata.labels?.[label]);
      return missing.length > 0 ? `has no label ${missing.join(", ")}` : undefined;
    }),
    breaks: (resources) =>
      delete inside(inputsOf(resources, "Service"), "metadata", "labels")["app.kubernetes.io/name"],
  },
  "every namespaced object names its namespace": {
    check: eachObject(({ kind, metadata }) =>
      metadata.namespace || isClusterScoped(kind) ? undefined : "has no namespace",
    ),
    breaks: (resources) => delete inside(inputsOf(resources, "Job"), "metadata")["namespace"],
  },
  "every object waits for its Namespace, which is therefore deleted after it": {
    check: eachObject(({ resource, kind, metadata }, recording) => {
      if (isClusterScoped(kind)) return undefined;
      const namespace = objects(recording, "Namespace").find((one) => one.metadata.name === metadata.namespace);
      if (!namespace) return `is in the namespace ${String(metadata.namespace)}, which the stack does not create`;
      return waitsFor(recording, resource).has(namespace.resource.urn) ? undefined : "does not wait for its Namespace";
    }),
    breaks: (resources) => {
      // It waits for the Namespace by itself and with its component.
      draft(resources, "ConfigMap", "choices").dependencies = [];
      draft(resources, "ImmutableSettingsRecord").dependencies = [];
    },
  },
  "every Kubernetes resource has an explicit provider": {
    check: eachResource((resource) => {
      if (packageOf(resource) !== "kubernetes") return undefined;
      const name = resource.provider?.split("::").at(-2);
      return name === "kubernetes" || name === "kubernetes-adopting" ? undefined : `has the provider ${String(name)}`;
    }),
    breaks: (resources) => delete (draft(resources, "Chart") as { provider?: string }).provider,
  },
  "every provider uses server-side apply and leaves unreachable objects alone": {
    check: eachResource(({ type, inputs }) => {
      if (type !== "pulumi:providers:kubernetes") return undefined;
      const right = inputs["enableServerSideApply"] === "true" && inputs["deleteUnreachable"] === "false";
      return right ? undefined : `has ${JSON.stringify(inputs)}`;
    }),
    breaks: (resources) => (inputsOf(resources, "kubernetes")["deleteUnreachable"] = "true"),
  },
  "every resource is inside a component": {
    check: eachResource((resource) => {
      if (resource.parent === undefined) return "has no parent";
      const topLevel = resource.parent.includes(`::${STACK}::`);
      return topLevel && resource.custom && packageOf(resource) !== "pulumi" ? "is outside any component" : undefined;
    }),
    breaks: (resources) =>
      (draft(resources, "Deployment").parent = `urn:pulumi:dev::kafka-stack::${STACK}::kafka-stack-dev`),
  },
  "every component's type belongs to this project": {
    check: eachResource(({ custom, remote, type }) =>
      custom || remote || /^kafka-stack:[a-z]+:[A-Z][A-Za-z]+$/.test(type) ? undefined : `has the type ${type}`,
    ),
    breaks: (resources) => (draft(resources, "KafkaPool").type = "kafka:KafkaPool"),
  },
  "names of resources are unique by type": {
    check: ({ resources }) => repeated(resources.map(({ type, name }) => `${type} ${name}`)),
    breaks: (resources) => (draft(resources, "Deployment", "kchat-kproducer").name = "kchat-kconsumer"),
  },
  "no two objects are the same object of the cluster": {
    check: (recording) =>
      repeated(
        objects(recording).flatMap(({ kind, metadata }) =>
          metadata.name ? [`${kind} ${metadata.namespace ?? ""}/${metadata.name}`] : [],
        ),
      ),
    breaks: (resources) => (inside(inputsOf(resources, "Service", "broker-bootstrap"), "metadata")["name"] = "broker"),
  },
  "every Secret's data is marked secret, as is the registry's own secret": {
    check: eachResource(({ type, marked, inputs }) => {
      const places = type.endsWith(":Secret") ? ["data", "stringData"] : type.endsWith(":Chart") ? ["values"] : [];
      const plain = places.filter((place) => place in inputs && !hasSecretMark(marked[place]));
      return plain.length > 0 ? `has ${plain.join(", ")} in plain` : undefined;
    }),
    breaks: (resources) => {
      const chart = draft(resources, "Chart");
      chart.marked = chart.inputs;
    },
  },
};

const hasSecretMark = (value: unknown): boolean => JSON.stringify(value).includes("1b47061264138c4ac30d75fd1eb44270");

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${name} exists twice`,
  );
}

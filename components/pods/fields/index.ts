import { filled, list, map, object, oneOf, text, whole } from "../shape";
import { container, env } from "./containers";
import { address, anyText, key, labels, objectName, resources, RESTRICTED, texts } from "./forms";
import { affinity, tolerations, topologySpreadConstraints } from "./scheduling";
import { podSecurity } from "./security";
import { timing } from "./probes";
import { volumeMounts, volumes } from "./volumes";

export { VOLUME_TYPES } from "./volumes";

/*
 * The fields of Kubernetes' pods that an overlay may set, as tables. Kubernetes would refuse a misspelt field, too, but only after other objects have
 * been created; and a violation of the PodSecurity standard `restricted` would show only when the pod is created.
 *
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */

const OWN = "it is the stack's own";

const ALONGSIDE = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"];

/** A container that ends before the others start cannot be probed, and has no life to hook into. */
function ended({ restartPolicy, ...container }: Readonly<Record<string, unknown>>): string | undefined {
  const found = ALONGSIDE.filter((field) => container[field] !== undefined);
  if (restartPolicy === "Always" || found.length === 0) return undefined;
  return `has ${found.join(" and ")}, which is for containers that keep running: with restartPolicy Always`;
}

/** An overlay. */
export const OVERLAY = object(
  {
    labels,
    annotations: map(anyText, "a map of annotations", key),
    tolerations,
    nodeSelector: labels,
    affinity,
    topologySpreadConstraints,
    priorityClassName: objectName,
    runtimeClassName: objectName,
    serviceAccountName: objectName,
    imagePullSecrets: list(object({ "name!": objectName }), "a list of names of Secrets"),
    imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
    env,
    volumes,
    volumeMounts,
    initContainers: list(object({ ...container, restartPolicy: oneOf("Always") }, {}, ended), "a list of containers"),
    sidecars: list(object(container, { restartPolicy: "it is for initContainers" }), "a list of containers"),
    dnsConfig: object({
      nameservers: list(address, "a list of IP addresses"),
      searches: texts,
      options: list(object({ "name!": text(), value: anyText }), "a list of options"),
    }),
    hostAliases: list(
      object({ "ip!": address, "hostnames!": filled(objectName, "a list of host names") }),
      "a list of addresses with names",
    ),
    securityContext: podSecurity,
    terminationGracePeriodSeconds: whole(1, 3600),
    probes: object({ startup: object(timing), readiness: object(timing), liveness: object(timing) }),
    resources,
  },
  {
    activeDeadlineSeconds: OWN,
    args: "the stack determines what its container runs; add sidecars or initContainers",
    automountServiceAccountToken: "no container of the stack needs a token; mount one by a projected volume",
    command: "the stack determines what its container runs; add sidecars or initContainers",
    containers: "the stack determines its own container; add others as sidecars",
    dnsPolicy: "servers find each other by the cluster's DNS; extend it by dnsConfig",
    enableServiceLinks: "the variables of Services would change the program's own",
    envFrom: "it could set any variable, the stack's own included; name each in env",
    hostIPC: RESTRICTED,
    hostNetwork: `${RESTRICTED}, and two servers on a node would have one address`,
    hostPID: RESTRICTED,
    hostUsers: OWN,
    hostname: "servers find each other by the names of their pods",
    image: "the images are those of the stack: images.kafka, images.services",
    lifecycle: "a server hands over its leaderships before it stops",
    livenessProbe: "the stack determines the probe; its timing is in probes.liveness",
    nodeName: "the scheduler must choose; nodeSelector and affinity restrict its choice",
    ports: "the stack's programs determine the ports",
    readinessProbe: "the stack determines the probe; its timing is in probes.readiness",
    replicas: "the number of pods has its own keys",
    restartPolicy: OWN,
    schedulerName: OWN,
    serviceAccount: "its name is serviceAccountName",
    setHostnameAsFQDN: "servers find each other by the names of their pods",
    shareProcessNamespace: "a program of another container could read the server's secrets",
    startupProbe: "the stack determines the probe; its timing is in probes.startup",
    subdomain: "servers find each other by the names of their pods",
  },
);

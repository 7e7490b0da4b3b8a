import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { TLS_VARIABLE, tlsFiles } from "../../components/certificates/tls-files";
import { KAFKA_UID, restrictedContainer, restrictedPod } from "../../components/kubernetes/security";

/** Name of the container that tools run in. */
export const CLIENT = "client";

/** Seconds after which Kubernetes ends a pod whose command was killed before it could remove it. */
const LONGEST_SECONDS = 12 * 3600;

/**
 * A pod for Kafka's tools: the brokers' image, under the PodSecurity standard `restricted`, with neither their volumes nor their account. It
 * waits; the tool is run in it, so that its input can be ended and its exit code is known.
 *
 * @param brokers the StatefulSet of the stack's brokers.
 * @throws when the StatefulSet has no container.
 */
export function clientPod(brokers: V1StatefulSet): V1Pod {
  const spec = brokers.spec?.template.spec;
  const image = spec?.containers[0]?.image;
  if (image === undefined) throw new Error("The StatefulSet of the brokers has no container with an image.");
  // The client uses a certificate when the brokers do.
  const closed = spec?.containers[0]?.env?.some(({ name }) => name === TLS_VARIABLE) === true;
  const tls = closed ? [tlsFiles("client")] : [];
  const instance = brokers.metadata?.labels?.["app.kubernetes.io/instance"];
  return {
    metadata: {
      generateName: "client-",
      labels: {
        "app.kubernetes.io/component": CLIENT,
        ...(instance !== undefined && { "app.kubernetes.io/instance": instance }),
      },
    },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: LONGEST_SECONDS,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(KAFKA_UID),
      ...(spec?.imagePullSecrets !== undefined && { imagePullSecrets: spec.imagePullSecrets }),
      ...(spec?.nodeSelector !== undefined && { nodeSelector: spec.nodeSelector }),
      ...(spec?.tolerations !== undefined && { tolerations: spec.tolerations }),
      containers: [
        {
          name: CLIENT,
          image,
          command: ["sleep", String(LONGEST_SECONDS)],
          securityContext: restrictedContainer,
          resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
          ...(closed && { env: tls.map(({ env }) => env) }),
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...tls.map(({ mount }) => mount)],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }, ...tls.map(({ volume }) => volume)],
    },
  };
}

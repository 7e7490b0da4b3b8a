import { flag, list, map, object, oneOf, only, text, whole, type Shape } from "./shape";

/*
 * The fields of Kubernetes' pods that an overlay may set, as tables. Kubernetes would refuse a misspelt field, too, but only after other objects have
 * been created; and a violation of the PodSecurity standard `restricted` would show only when the pod is created.
 *
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */

const NAME = "a name of the characters a-z 0-9 - (at most 63), beginning and ending with a-z or 0-9";
const name = text(NAME, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
/** Names of most objects, which may contain dots. */
const objectName = text("the name of an object: a-z 0-9 - and dots", /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const key = text(
  "a key such as team or example.com/team",
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
);
const labelValue = text(
  "the value of a label: at most 63 of the characters A-Z a-z 0-9 - _ .",
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
);
const anyText = text("text", /^[^]*$/);
const path = text("an absolute path without ..", /^\/(?!.*(^|\/)\.\.(\/|$))[^:]*$/);
const quantity = text("a quantity such as 500m, 2 or 1Gi", /^\d+(\.\d+)?(m|[kMGTPE]i?|Ki)?$/);
const seconds = whole(1, 86_400);
const mode = whole(0, 0o777);
const port = { ...text("a port or its name", /^[a-z0-9-]{1,15}$/), orNumber: true };
const word = list(anyText, "a list of texts");

const labels = map(labelValue, "a map of labels", key);
const labelSelector = object({
  matchLabels: labels,
  matchExpressions: list(
    object({ "key!": key, "operator!": oneOf("In", "NotIn", "Exists", "DoesNotExist"), values: word }),
    "a list of expressions",
  ),
});
const nodeTerm = object({
  matchExpressions: list(
    object({ "key!": key, "operator!": oneOf("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"), values: word }),
    "a list of expressions",
  ),
  matchFields: list(
    object({ "key!": text(), "operator!": oneOf("In", "NotIn"), values: word }),
    "a list of expressions",
  ),
});
const podTerm = object({
  "topologyKey!": key,
  labelSelector,
  namespaces: word,
  namespaceSelector: labelSelector,
  matchLabelKeys: word,
  mismatchLabelKeys: word,
});
const weight = whole(1, 100);
const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(podTerm, "a list of terms"),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    object({ "weight!": weight, "podAffinityTerm!": podTerm }),
    "a list of weighted terms",
  ),
});

const reference = { "key!": text(), name: objectName, optional: flag };
const env = list(
  object({
    "name!": text("the name of an environment variable", /^[A-Za-z_.-][\w.-]*$/),
    value: anyText,
    valueFrom: object({
      secretKeyRef: object(reference),
      configMapKeyRef: object(reference),
      fieldRef: object({ "fieldPath!": text(), apiVersion: text() }),
      resourceFieldRef: object({ "resource!": text(), containerName: name, divisor: quantity }),
    }),
  }),
  "a list of environment variables",
);
const envFrom = list(
  object({
    prefix: anyText,
    secretRef: object({ "name!": objectName, optional: flag }),
    configMapRef: object({ "name!": objectName, optional: flag }),
  }),
  "a list of Secrets and ConfigMaps",
);

const items = list(object({ "key!": text(), "path!": text(), mode }), "a list of keys with paths");
const downward = list(
  object({
    "path!": text(),
    fieldRef: object({ "fieldPath!": text(), apiVersion: text() }),
    resourceFieldRef: object({ "resource!": text(), containerName: name, divisor: quantity }),
    mode,
  }),
  "a list of fields with paths",
);
const SOURCES: Readonly<Record<string, Shape>> = {
  configMap: object({ "name!": objectName, items, optional: flag, defaultMode: mode }),
  secret: object({ "secretName!": objectName, items, optional: flag, defaultMode: mode }),
  emptyDir: object({ medium: oneOf("Memory"), sizeLimit: quantity }),
  persistentVolumeClaim: object({ "claimName!": objectName, readOnly: flag }),
  downwardAPI: object({ items: downward, defaultMode: mode }),
  projected: object({
    defaultMode: mode,
    "sources!": list(
      object({
        configMap: object({ "name!": objectName, items, optional: flag }),
        secret: object({ "name!": objectName, items, optional: flag }),
        downwardAPI: object({ items: downward }),
        serviceAccountToken: object({ "path!": text(), audience: text(), expirationSeconds: whole(600, 2 ** 31) }),
        clusterTrustBundle: object({
          "path!": text(),
          name: objectName,
          signerName: text(),
          labelSelector,
          optional: flag,
        }),
      }),
      "a list of sources",
    ),
  }),
  csi: object({
    "driver!": objectName,
    fsType: text(),
    readOnly: flag,
    nodePublishSecretRef: object({ "name!": objectName }),
    volumeAttributes: map(anyText, "a map of texts"),
  }),
  ephemeral: object({
    "volumeClaimTemplate!": object({
      metadata: object({ labels, annotations: map(anyText, "a map of texts", key) }),
      "spec!": object({
        "accessModes!": word,
        storageClassName: objectName,
        "resources!": object({
          requests: map(quantity, "a map of quantities"),
          limits: map(quantity, "a map of quantities"),
        }),
        volumeMode: oneOf("Filesystem", "Block"),
      }),
    }),
  }),
};

/** Types of volumes that `restricted` allows. */
export const VOLUME_SOURCES: readonly string[] = Object.keys(SOURCES);

const volumes = list(
  object(
    { "name!": name, ...SOURCES },
    { hostPath: `the PodSecurity standard \`restricted\` allows ${VOLUME_SOURCES.join(", ")}` },
  ),
  "a list of volumes",
);
const volumeMounts = list(
  object(
    { "name!": name, "mountPath!": path, subPath: text(), subPathExpr: text(), readOnly: flag },
    { mountPropagation: "it needs a privileged container" },
  ),
  "a list of mounts",
);
const resources = object({
  requests: map(quantity, "a map of quantities"),
  limits: map(quantity, "a map of quantities"),
});

/** Newer versions of `restricted` refuse another host, to which the kubelet would connect. */
const HOST = { host: "the probe is for the pod itself" };
const action = {
  exec: object({ "command!": word }),
  httpGet: object(
    {
      "port!": port,
      path: anyText,
      scheme: oneOf("HTTP", "HTTPS"),
      httpHeaders: list(object({ "name!": text(), value: anyText }), "a list of headers"),
    },
    HOST,
  ),
  tcpSocket: object({ "port!": port }, HOST),
};
const timing = {
  initialDelaySeconds: whole(0, 86_400),
  periodSeconds: seconds,
  timeoutSeconds: seconds,
  failureThreshold: whole(1, 10_000),
};
const probe = object({
  ...action,
  grpc: object({ "port!": whole(1, 65_535), service: text() }),
  ...timing,
  successThreshold: whole(1, 100),
  terminationGracePeriodSeconds: seconds,
});
const handler = object({ ...action, sleep: object({ "seconds!": seconds }) });

const RESTRICTED = "the PodSecurity standard `restricted` refuses it";
const seccompProfile = object({ "type!": oneOf("RuntimeDefault", "Localhost"), localhostProfile: text() });
const appArmorProfile = object({ "type!": oneOf("RuntimeDefault", "Localhost"), localhostProfile: text() });
const seLinuxOptions = object(
  { level: text(), type: oneOf("container_t", "container_init_t", "container_kvm_t", "container_engine_t") },
  { user: RESTRICTED, role: RESTRICTED },
);
const id = whole(1, 2 ** 31 - 1);
const containerSecurity = object(
  {
    runAsUser: id,
    runAsGroup: id,
    runAsNonRoot: only(true),
    readOnlyRootFilesystem: flag,
    allowPrivilegeEscalation: only(false),
    capabilities: object({
      drop: list(oneOf("ALL"), "a list of ALL alone"),
      add: list(oneOf("NET_BIND_SERVICE"), "a list of NET_BIND_SERVICE alone"),
    }),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
  },
  { privileged: RESTRICTED, procMount: RESTRICTED, windowsOptions: "the nodes are Linux" },
);

const container = {
  "name!": name,
  "image!": text("the name of an image", /^[A-Za-z0-9][A-Za-z0-9./:_@-]*$/),
  imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  command: word,
  args: word,
  workingDir: path,
  env,
  envFrom,
  ports: list(
    object(
      { "containerPort!": whole(1, 65_535), name: port, protocol: oneOf("TCP", "UDP", "SCTP") },
      { hostPort: RESTRICTED, hostIP: RESTRICTED },
    ),
    "a list of ports",
  ),
  resources,
  volumeMounts,
  lifecycle: object({ postStart: handler, preStop: handler }),
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: probe,
  securityContext: containerSecurity,
  terminationMessagePath: path,
  terminationMessagePolicy: oneOf("File", "FallbackToLogsOnError"),
};

/** Sysctls that `restricted` allows in Kubernetes 1.34. Older versions refuse a pod with the newest of them. */
export const SAFE_SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
] as const;
const OWNER = "the image's user owns the files and the data";
const podSecurity = object(
  {
    fsGroupChangePolicy: oneOf("OnRootMismatch", "Always"),
    supplementalGroups: list(id, "a list of groups"),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
    sysctls: list(object({ "name!": oneOf(...SAFE_SYSCTLS), "value!": anyText }), "a list of sysctls"),
  },
  {
    runAsUser: OWNER,
    runAsGroup: OWNER,
    fsGroup: OWNER,
    runAsNonRoot: "it is true, as `restricted` requires",
    privileged: RESTRICTED,
  },
);

const OWN = "it is the stack's own";

/** An overlay. */
export const OVERLAY = object(
  {
    labels,
    annotations: map(anyText, "a map of annotations", key),
    tolerations: list(
      object({
        key,
        operator: oneOf("Equal", "Exists"),
        value: labelValue,
        effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
        tolerationSeconds: whole(0, 2 ** 31),
      }),
      "a list of tolerations",
    ),
    nodeSelector: labels,
    affinity: object({
      nodeAffinity: object({
        requiredDuringSchedulingIgnoredDuringExecution: object({
          "nodeSelectorTerms!": list(nodeTerm, "a list of terms"),
        }),
        preferredDuringSchedulingIgnoredDuringExecution: list(
          object({ "weight!": weight, "preference!": nodeTerm }),
          "a list of weighted terms",
        ),
      }),
      podAffinity,
      podAntiAffinity: podAffinity,
    }),
    topologySpreadConstraints: list(
      object({
        "maxSkew!": whole(1, 1000),
        "topologyKey!": key,
        "whenUnsatisfiable!": oneOf("DoNotSchedule", "ScheduleAnyway"),
        labelSelector,
        matchLabelKeys: word,
        minDomains: whole(1, 1000),
        nodeAffinityPolicy: oneOf("Honor", "Ignore"),
        nodeTaintsPolicy: oneOf("Honor", "Ignore"),
      }),
      "a list of constraints",
    ),
    priorityClassName: objectName,
    runtimeClassName: objectName,
    serviceAccountName: objectName,
    imagePullSecrets: list(object({ "name!": objectName }), "a list of names of Secrets"),
    imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
    env,
    volumes,
    volumeMounts,
    initContainers: list(object({ ...container, restartPolicy: oneOf("Always") }), "a list of containers"),
    sidecars: list(object(container, { restartPolicy: "it is for initContainers" }), "a list of containers"),
    dnsConfig: object({
      nameservers: word,
      searches: word,
      options: list(object({ "name!": text(), value: anyText }), "a list of options"),
    }),
    hostAliases: list(object({ "ip!": text(), "hostnames!": word }), "a list of addresses with names"),
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

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, labels, metadata, type Scope } from "../kubernetes/scope";
import { restrictedContainer, terminationMessage } from "../kubernetes/security";

export interface RackReaderArgs extends Scope {
  /** The Kafka image. */
  readonly image: pulumi.Input<string>;
  /** Node label whose value is the rack. */
  readonly label: string;
}

/** Directory in the broker's container that holds the rack. */
const MOUNT = "/etc/kafka-rack";

/** Where clients of the API server find their account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Lets a broker's pod find the rack of its node. Pods know their node's name, but not its labels. So an init container asks the API server, as an
 * account that may get nodes and nothing else; only this container has the account's token.
 */
export class RackReader extends pulumi.ComponentResource {
  readonly serviceAccountName: pulumi.Output<string>;
  readonly initContainer: k8s.types.input.core.v1.Container;
  readonly volumes: readonly k8s.types.input.core.v1.Volume[];
  /** Mounts the rack in the broker's container. */
  readonly volumeMount: k8s.types.input.core.v1.VolumeMount = { name: "rack", mountPath: MOUNT, readOnly: true };
  readonly file = `${MOUNT}/rack`;
  /** Pods must wait for this: before, the API server would refuse the request. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: RackReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kafka:RackReader", name, {}, opts);
    const child = fixedName(this);
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, "broker", "broker"), automountServiceAccountToken: false },
      child,
    );
    // Nodes and their roles belong to no namespace, so the name says whose it is.
    const clusterWide = {
      name: pulumi.interpolate`${args.namespace}-broker-racks`,
      labels: labels(args.instance, "broker"),
    };
    const role = new k8s.rbac.v1.ClusterRole(
      name,
      { metadata: clusterWide, rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }] },
      child,
    );
    this.ready = new k8s.rbac.v1.ClusterRoleBinding(
      name,
      {
        metadata: clusterWide,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace }],
      },
      child,
    );
    this.serviceAccountName = account.metadata.name;
    this.volumes = volumes;
    this.initContainer = initContainer(args);
    this.registerOutputs({});
  }
}

const volumes: readonly k8s.types.input.core.v1.Volume[] = [
  { name: "rack", emptyDir: { sizeLimit: "1Mi" } },
  {
    name: "account",
    projected: {
      sources: [
        // The shortest lifetime of a token in Kubernetes: it is used once.
        { serviceAccountToken: { path: "token", expirationSeconds: 600 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      ],
    },
  },
];

function initContainer({ image, label }: RackReaderArgs): k8s.types.input.core.v1.Container {
  const options = ["-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"];
  return {
    name: "rack",
    image,
    command: ["java", ...options, "-cp", "/opt/kafka/libs/kafka-stack.jar", "kafkastack.NodeLabel"],
    args: [label, `${MOUNT}/rack`],
    env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    ...terminationMessage,
    securityContext: restrictedContainer,
    resources: {
      requests: { cpu: "50m", memory: "96Mi", "ephemeral-storage": "8Mi" },
      limits: { memory: "128Mi", "ephemeral-storage": "8Mi" },
    },
    volumeMounts: [
      { name: "rack", mountPath: MOUNT },
      { name: "account", mountPath: ACCOUNT, readOnly: true },
    ],
  };
}

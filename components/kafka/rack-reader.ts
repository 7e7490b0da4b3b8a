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

/** Where the API server's clients look for who they are. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * What a broker's pod needs to know the rack of the node that it landed on. Pods are told their node's name, but not its labels. So an init container asks the API
 * server, as an account that may get nodes and nothing else, whose token only this container has.
 */
export class RackReader extends pulumi.ComponentResource {
  readonly serviceAccountName: pulumi.Output<string>;
  readonly initContainer: k8s.types.input.core.v1.Container;
  readonly volumes: readonly k8s.types.input.core.v1.Volume[];
  /** The rack in the broker's container, and where it is. */
  readonly volumeMount: k8s.types.input.core.v1.VolumeMount = { name: "rack", mountPath: MOUNT, readOnly: true };
  readonly file = `${MOUNT}/rack`;
  /** What pods must wait for: before, the API server would turn them away. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: RackReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kafka:RackReader", name, {}, opts);
    const child = fixedName(this);
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, "broker", "broker"), automountServiceAccountToken: false },
      child,
    );
    // Nodes belong to no namespace, nor do roles for them: the name says whose it is.
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
        // The shortest life that Kubernetes gives a token: it is used once.
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

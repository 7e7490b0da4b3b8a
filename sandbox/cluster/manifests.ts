import { ask } from "../host/http";
import { until } from "kafka-stack-waiting";
import type { Paths } from "../paths";
import { hostAddress, network } from "../plan";
import { apiServer } from "./kubeconfig";
import { clientFiles, users } from "./pki";

/** The provisioner of the storage class `standard`. */
export const provisionerName = "sandbox/host-path";

/** The fields of every object. */
interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const managed = { "app.kubernetes.io/part-of": "sandbox" };

function clusterRoleBinding(name: string, role: string, user: string) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name, labels: managed },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
  };
}

function clusterRole(name: string, rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[]) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name, labels: managed },
    rules,
  };
}

const read = ["get", "list", "watch"];

/** What a fresh cluster needs first: permissions of the components, the DNS service, the default storage class. */
export function baseObjects(): ApiObject[] {
  return [
    clusterRoleBinding("sandbox:kubelet-client", "system:kubelet-api-admin", users.kubeletClient),
    clusterRole(users.dns, [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: read },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    ]),
    clusterRoleBinding(users.dns, users.dns, users.dns),
    clusterRole(users.provisioner, [
      { apiGroups: [""], resources: ["persistentvolumes"], verbs: [...read, "create", "update", "patch", "delete"] },
      { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: [...read, "update", "patch"] },
      { apiGroups: [""], resources: ["persistentvolumeclaims/status"], verbs: ["update", "patch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: read },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "update", "patch"] },
      { apiGroups: ["storage.k8s.io"], resources: ["storageclasses", "csinodes"], verbs: read },
    ]),
    clusterRoleBinding(users.provisioner, users.provisioner, users.provisioner),
    clusterRole(users.netpol, [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: read },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
    ]),
    clusterRoleBinding(users.netpol, users.netpol, users.netpol),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "standard",
        labels: managed,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: provisionerName,
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    },
    // CoreDNS runs outside the cluster: a Service without a selector gives it its usual name and address.
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: "kube-system", labels: { ...managed, "k8s-app": "kube-dns" } },
      spec: {
        clusterIP: network.dnsService,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "kube-dns-sandbox",
        namespace: "kube-system",
        labels: { ...managed, "kubernetes.io/service-name": "kube-dns" },
      },
      addressType: "IPv4",
      endpoints: [{ addresses: [hostAddress], conditions: { ready: true } }],
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
      ],
    },
  ];
}

/** API path of a kind's objects. */
const collections: Record<string, string> = {
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  EndpointSlice: "endpointslices",
  Service: "services",
  StorageClass: "storageclasses",
};

/** URL path of an object. */
export function objectPath({ apiVersion, kind, metadata }: ApiObject): string {
  const parts = [
    apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`,
    metadata.namespace ? `namespaces/${metadata.namespace}` : undefined,
    collections[kind],
    metadata.name,
  ];
  return `/${parts.filter(Boolean).join("/")}`;
}

/**
 * Applies the base objects with server-side apply; doing so again changes nothing.
 *
 * @throws when the API refuses one, with its reason.
 */
export async function applyBaseObjects(paths: Paths): Promise<void> {
  const files = clientFiles(paths, "ca", "admin");
  const apply = async (object: ApiObject) => {
    const answer = await ask(`${apiServer}${objectPath(object)}?fieldManager=sandbox&force=true`, files, {
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
      body: JSON.stringify(object),
    });
    if (!answer || answer.status >= 300) {
      throw new Error(
        `The API server did not take ${object.kind} ${object.metadata.name}: ${answer?.body ?? "no answer"}`,
      );
    }
  };
  await Promise.all(baseObjects().map(apply));
}

/** Waits until pods can be made in the namespace `default`: the controller manager makes each namespace's service account a moment after it has started. */
export async function waitForAccount(paths: Paths): Promise<void> {
  const files = clientFiles(paths, "ca", "admin");
  const account = `${apiServer}/api/v1/namespaces/default/serviceaccounts/default`;
  await until(async () => (await ask(account, files))?.status === 200 || undefined, {
    what: "the namespace default has its service account",
    timeout: 60_000,
    interval: 100,
  });
}

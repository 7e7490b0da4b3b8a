import {
  ApisApi,
  CoreV1Api,
  KubeConfig,
  StorageV1Api,
  VersionApi,
  type V1Node,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1Service,
  type V1StorageClass,
} from "@kubernetes/client-node";
import { within } from "kafka-stack-waiting";
import { apiMessage } from "../components/kubernetes/api-error";

/** What exists in a cluster. A part that could not be read is missing, with the reason in `unread`. */
export interface ClusterFacts {
  /** Version of the API server, such as `v1.34.4`. */
  readonly version?: string;
  readonly nodes?: readonly V1Node[];
  readonly storageClasses?: readonly V1StorageClass[];
  readonly volumes?: readonly V1PersistentVolume[];
  /** Claims of the stack's namespace. */
  readonly claims?: readonly V1PersistentVolumeClaim[];
  /** Services of all namespaces. */
  readonly services?: readonly V1Service[];
  /** API groups besides Kubernetes' core, such as `monitoring.coreos.com`. */
  readonly apiGroups?: readonly string[];
  /** The architecture that docker builds images for, such as `amd64`. */
  readonly builds?: string;
  /** One sentence for each thing that could not be read. */
  readonly unread: readonly string[];
}

/** The limit for one answer of the API server, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Reads the facts of a cluster. An API server that does not answer is one finding, not one for each part.
 *
 * @param namespace the stack's namespace, which need not exist.
 */
export async function readCluster(config: KubeConfig, namespace: string): Promise<ClusterFacts> {
  const core = config.makeApiClient(CoreV1Api);
  const server = config.getCurrentCluster()?.server ?? "none";
  let version: string;
  try {
    version = (await inTime(config.makeApiClient(VersionApi).getCode())).gitVersion;
  } catch (error) {
    return {
      unread: [
        `the API server ${server} of the context ${config.getCurrentContext()} does not answer: ${apiMessage(error)}`,
      ],
    };
  }
  const unread: string[] = [];
  const items = async <T>(what: string, list: Promise<{ items: T[] }>): Promise<T[] | undefined> => {
    try {
      return (await inTime(list)).items;
    } catch (error) {
      unread.push(`${what} cannot be read, so the stack's needs of them are not checked: ${apiMessage(error)}`);
      return undefined;
    }
  };
  const groups = async () => ({ items: (await config.makeApiClient(ApisApi).getAPIVersions()).groups });
  const [nodes, storageClasses, volumes, claims, services, apiGroups] = await Promise.all([
    items("nodes", core.listNode()),
    items("StorageClasses", config.makeApiClient(StorageV1Api).listStorageClass()),
    items("PersistentVolumes", core.listPersistentVolume()),
    items(`claims in the namespace ${namespace}`, core.listNamespacedPersistentVolumeClaim({ namespace })),
    items("Services", core.listServiceForAllNamespaces()),
    items("groups of the API", groups()),
  ]);
  return {
    version,
    ...(nodes && { nodes }),
    ...(storageClasses && { storageClasses }),
    ...(volumes && { volumes }),
    ...(claims && { claims }),
    ...(services && { services }),
    ...(apiGroups && { apiGroups: apiGroups.map(({ name }) => name) }),
    unread,
  };
}

const inTime = <T>(answer: Promise<T>): Promise<T> => within(answer, PATIENCE_MS, "no answer");

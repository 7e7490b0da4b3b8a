import { exclusively } from "kafka-stack-processes";
import { writeFileSync } from "node:fs";
import { Listr, type DefaultRenderer, type ListrTask, type SimpleRenderer } from "listr2";
import { buildPrograms, builtKey } from "./build/go";
import {
  coreDns,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeProxy,
  kubeScheduler,
  netpol,
  provisioner,
} from "./cluster/control-plane";
import { dockerContainerd, dockerd } from "./cluster/docker";
import { ensureHostData } from "./cluster/host-data";
import { renderKubeconfig } from "./cluster/kubeconfig";
import { applyBaseObjects, waitForAccount } from "./cluster/manifests";
import { machineOf, type Machine } from "./cluster/machine";
import { ensurePki } from "./cluster/pki";
import { removeNodes, startNode } from "./cluster/power";
import { readRecord, writeRecord } from "./cluster/record";
import { claimMachine } from "./claim";
import { Daemons } from "./daemons/daemon";
import { basePackages, checkPlatform, ensurePackages, extendPath } from "./host/platform";
import { privateDirectory } from "./host/private-directory";
import { ensureBaseImages } from "./images/base";
import { packPreloadedImages } from "./images/preload";
import { ensureDevices } from "./network/devices";
import { ensureFirewall, ensurePolicies } from "./network/firewall";
import { ensureSysctls } from "./network/sysctl";
import { ensureServers } from "./nfs/commands";
import { pathsOf, type Paths } from "./paths";
import { planNodes, type NodePlan } from "./plan";
import { announceWait, listrOptions, progress } from "./progress";

/** How to bring the sandbox up. */
export interface UpOptions {
  /** Number of nodes; by default that of the last `up`, or one. */
  readonly nodes?: number;
  /** Whether to make the base images too; yes by default. */
  readonly images?: boolean;
}

/** Results that later steps use. */
interface Context {
  machine: Machine;
  daemons: Daemons;
  /** Whether the kernel can ask a program to enforce NetworkPolicies. */
  enforcesPolicies: boolean;
}

type Step = ListrTask<Context, typeof DefaultRenderer, typeof SimpleRenderer>;

/**
 * Brings the sandbox up: builds what is not built, starts what does not run, and returns when every node is ready and the base images exist.
 * Running it again changes nothing.
 *
 * @throws an error that names the daemon and its log when something does not start.
 */
export async function up(options: UpOptions = {}): Promise<void> {
  checkPlatform();
  extendPath();
  const paths = pathsOf();
  await exclusively(paths.lock, announceWait, async () => {
    const record = readRecord(paths);
    const nodes = planNodes(options.nodes ?? record?.nodes ?? 1, paths.root);
    const dns = Promise.withResolvers<undefined>();
    await new Listr<Context, "default", "simple">(
      [
        { title: "Machine", task: () => claimMachine(paths) },
        { title: "Packages", task: (_, task) => ensurePackages(basePackages(), progress(task)) },
        {
          title: "Network",
          task: async (context) => {
            context.machine = await machineOf(paths);
            context.daemons = new Daemons(paths);
            const nfsServers = record?.nfsServers ?? 0;
            writeRecord(paths, {
              nodes: nodes.length,
              nfsServers,
              sysctls: { ...ensureSysctls(), ...record?.sysctls },
            });
            await Promise.all([ensureDevices(nodes), ensureFirewall(), ensureHostData(paths)]);
            // Before the nodes, whose pods may need them.
            await ensureServers(paths, nfsServers);
          },
        },
        {
          title: "Kubernetes and docker",
          task: (_, task) =>
            task.newListr(
              [kubernetesStep(paths, nodes, dns.resolve), dockerStep(paths, dns.promise, options.images ?? true)],
              {
                concurrent: true,
              },
            ),
        },
      ],
      listrOptions,
    ).run();
  });
}

function kubernetesStep(paths: Paths, nodes: readonly NodePlan[], dnsAnswers: (value: undefined) => void): Step {
  const programs: Step = {
    title: "Programs",
    task: (_, task) => buildPrograms(paths, progress(task)),
  };
  const certificates: Step = {
    title: "Certificates",
    task: async () => {
      await ensurePki(paths, nodes);
      privateDirectory(paths.volumes);
      writeFileSync(paths.kubeconfig, renderKubeconfig(paths, "admin"), { mode: 0o600 });
    },
  };
  // Before any pod starts.
  const policies: Step = {
    title: "NetworkPolicies",
    task: async (context) => {
      context.enforcesPolicies = await ensurePolicies(paths);
    },
  };
  const cluster: Step = {
    title: "Cluster",
    task: (_, task) => task.newListr(clusterSteps(paths, nodes, dnsAnswers), { concurrent: true }),
  };
  const steps = [programs, certificates, policies, cluster];
  // By default a list inside a concurrent one is concurrent too.
  return { title: "Kubernetes", task: (_, task) => task.newListr(steps, { concurrent: false }) };
}

function clusterSteps(paths: Paths, nodes: readonly NodePlan[], dnsAnswers: (value: undefined) => void): Step[] {
  const startApi = async (daemons: Daemons) => {
    await daemons.ensure(etcd(paths));
    await daemons.ensure(kubeApiserver(paths));
  };
  // Several steps wait for each of these; the first one starts it.
  let api: Promise<void> | undefined;
  let archives: Promise<Map<string, string>> | undefined;
  return [
    {
      title: "Control plane",
      task: async ({ daemons, enforcesPolicies }) => {
        await (api ??= startApi(daemons));
        const others = [
          kubeControllerManager(paths),
          kubeScheduler(paths),
          kubeProxy(paths, nodes),
          provisioner(paths),
        ];
        // The objects include what these may read.
        const readers = [coreDns(paths), ...(enforcesPolicies ? [netpol(paths)] : [])];
        const allowed = applyBaseObjects(paths).then(() => Promise.all(readers.map((each) => daemons.ensure(each))));
        await Promise.all([allowed, ...others.map((daemon) => daemons.ensure(daemon))]);
        dnsAnswers(undefined);
        await waitForAccount(paths);
        await removeNodes(paths, nodes.length, daemons);
      },
    },
    ...nodes.map((node): Step => ({
      title: `Node ${node.name}`,
      task: ({ daemons, machine }) =>
        startNode(paths, node, {
          daemons,
          machine,
          archives: (archives ??= packPreloadedImages(paths, builtKey(paths))),
          api: (api ??= startApi(daemons)),
        }),
    })),
  ];
}

/** @param dns - done when containers can look up names */
function dockerStep(paths: Paths, dns: Promise<unknown>, images: boolean): Step {
  return {
    title: images ? "docker and base images" : "docker",
    task: async ({ daemons, machine }, task) => {
      await daemons.ensure(dockerContainerd(paths, machine));
      await daemons.ensure(dockerd(paths, machine));
      if (images) await ensureBaseImages(paths, dns, progress(task));
    },
  };
}

import { delimiter, join } from "node:path";
import { contextName } from "./cluster/kubeconfig";
import { withoutProxy } from "./host/proxy";
import { baseImages } from "./images/base";
import { checkout, pathsOf } from "./paths";

export { nfsExports } from "./nfs/plan";

/** The environment and config with which the unchanged program runs on the sandbox. */
export interface SandboxEnvironment {
  /** Variables to add to a process's environment. */
  readonly env: {
    readonly KUBECONFIG: string;
    readonly DOCKER_HOST: string;
    readonly PATH: string;
    readonly NO_PROXY: string;
    readonly no_proxy: string;
  };
  /** Overrides of the stack's config; keys are without the project's prefix. */
  readonly config: {
    readonly cluster: { readonly context: string; readonly kubeconfig: string };
    readonly images: { readonly baseImages: { readonly jre: string; readonly maven: string; readonly node: string } };
    readonly registry: { readonly chart: string };
    readonly operations: { readonly rebalance: { readonly diskLimit: number } };
  };
}

/** Describes the sandbox of this checkout, whether it runs or not. */
export function sandboxEnvironment(): SandboxEnvironment {
  const paths = pathsOf();
  return {
    env: {
      KUBECONFIG: paths.kubeconfig,
      DOCKER_HOST: `unix://${paths.dockerSocket}`,
      PATH: [paths.bin, process.env.PATH ?? ""].join(delimiter),
      ...withoutProxy(),
    },
    config: {
      cluster: { context: contextName, kubeconfig: paths.kubeconfig },
      images: { baseImages },
      registry: { chart: join(checkout, "sandbox", "charts", "docker-registry") },
      // The disks of all brokers are directories of this machine's disk, which may be fuller than a broker's own should be.
      operations: { rebalance: { diskLimit: 100 } },
    },
  };
}

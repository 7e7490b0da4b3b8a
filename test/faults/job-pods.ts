import { get } from "../support/kubectl";
import { until } from "../support/until";

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly status: { readonly phase: string };
  }[];
}

/** The running pod of the Job whose name begins with this. */
export async function runningJobPod(job: string): Promise<string> {
  let name = "";
  await until(`a pod of ${job} runs`, 600, async () => {
    const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/component=ops");
    const running = items.find(
      ({ metadata, status }) =>
        metadata.name.startsWith(job) &&
        metadata.deletionTimestamp === undefined &&
        status.phase !== "Succeeded" &&
        status.phase !== "Failed",
    );
    name = running?.metadata.name ?? "";
    return name === "" ? "none does" : null;
  });
  return name;
}

import { exclusively } from "kafka-stack-processes";
import { existsSync } from "node:fs";
import { Listr } from "listr2";
import { claimant } from "./host/claim";
import { checkPlatform, extendPath } from "./host/platform";
import { pathsOf } from "./paths";
import { announceWait, listrOptions } from "./progress";
import { removeData } from "./teardown/data";
import { tearDown } from "./teardown/everything";

/** How to take the sandbox down. */
export interface DownOptions {
  /** Whether to delete the cluster's data too: all objects, volumes and pulled images. Built programs and docker's images stay. */
  readonly data?: boolean;
}

/** Seconds that containers have to end by themselves; enough for a Kafka broker to close its files. */
const patience = 15;

/** Takes the sandbox down, and leaves nothing of it outside its directory. Its data stay by default, so a later `up` is like a restart of the machine. */
export async function down({ data = false }: DownOptions = {}): Promise<void> {
  checkPlatform();
  extendPath();
  const paths = pathsOf();
  if (!existsSync(paths.root) && claimant() !== paths.root) return;
  await exclusively(paths.lock, announceWait, async () => {
    await new Listr(
      [
        { title: "Stopping the sandbox", task: () => tearDown(paths, { patience }) },
        {
          title: "Removing the cluster's data",
          enabled: data,
          task: () => {
            removeData(paths);
          },
        },
      ],
      listrOptions,
    ).run();
  });
}

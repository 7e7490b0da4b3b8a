import { AppsV1Api } from "@kubernetes/client-node";
import { answerOf, type Pods, serversOf } from "../pods";
import { parseDisk, type Surveyed } from "./survey";

/**
 * Asks every server of the stack what its disk has.
 *
 * @throws when there is no stack with KRaft.
 */
export async function survey(pods: Pods): Promise<Surveyed> {
  const settings = await pods.settings();
  const [controllers, brokers] = [Number(settings["controllers"]), Number(settings["brokers"])];
  if (!(controllers > 0) || !(brokers > 0)) throw new Error("This stack has no KRaft controllers: nothing to recover.");
  const sets = await pods.config.makeApiClient(AppsV1Api).listNamespacedStatefulSet({ namespace: pods.namespace });
  const dedicated = sets.items.some(({ metadata }) => metadata?.name === "controller");
  const planned = [
    ...serversOf("broker", brokers).map((each) => ({ ...each, controller: !dedicated && each.id < controllers })),
    ...(dedicated ? serversOf("controller", controllers).map((each) => ({ ...each, controller: true })) : []),
  ];
  const servers = await Promise.all(
    planned.map(async (each) => ({
      ...each,
      disk: await answerOf(async () =>
        parseDisk((await pods.run(each.name, ["quorum-recovery.sh", "survey"])).toString()),
      ),
    })),
  );
  return { servers, fixed: settings["voters"] !== undefined };
}

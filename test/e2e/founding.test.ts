import { history, post } from "../support/history";
import { get, inPod, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { voters } from "../support/voters";

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

const BROKERS = ["-n", "kafka", "-l", "app.kubernetes.io/component=broker"];

async function uids(): Promise<Map<string, string>> {
  const { items } = await get<Pods>("pods", ...BROKERS);
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}

describe("when the disk of controller 0 is lost and all servers start at once", () => {
  it("joins the quorum of the others, and messages are still there", async () => {
    const text = `not founded anew: ${process.hrtime.bigint()}`;
    await until("a message is acknowledged", 60, async () => ((await post(text)) ? null : "it is not"));
    const before = await uids();
    await inPod("broker-0", "bash", "-c", 'for dir in ${KAFKA_DATA_DIRS//,/ }; do rm -rf "$dir"/*; done');
    await kubectl("delete", "pod", ...BROKERS, "--wait=false");
    await until("all brokers came back", 300, async () => {
      const now = await uids();
      const old = [...before].filter(([name, uid]) => (now.get(name) ?? uid) === uid).map(([name]) => name);
      if (old.length > 0) return `${old.join(", ")} did not`;
      await kubectl("wait", "pod", ...BROKERS, "--for=condition=Ready", "--timeout=5s");
      return null;
    });
    await until("the voters are 0, 1, 2", 180, async () => {
      const now = await voters();
      return now.join() === "0,1,2" ? null : `they are ${now.join(", ")}`;
    });
    await until("the message is read", 60, async () =>
      (await history(10_000)).includes(text) ? null : "the chat does not show it",
    );
  });
});

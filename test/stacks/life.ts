import assert from "node:assert/strict";
import { cleanSlate } from "../e2e/clean-slate";
import { sayEngine } from "../support/engine";
import { chatAnswers, history, post } from "../support/history";
import { get, inPod, kubectl } from "../support/kubectl";
import { down, preview, up } from "../support/stack";
import { until } from "../support/until";

/** How to bring up a stack file on the sandbox. */
export interface Life {
  readonly stack: string;
  /** Config for the sandbox besides the stack file. */
  readonly set?: () => Promise<readonly string[]>;
  /** What somebody else must do in the cluster while the stack comes up, where the sandbox has nobody for it. */
  readonly beside?: () => Promise<unknown>;
  /** The promises of the stack file: the number of pods of each StatefulSet, and the shape of the chat room. */
  readonly servers: Readonly<Record<string, number>>;
  readonly room: { readonly partitions: number; readonly replicationFactor: number };
}

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly readyReplicas?: number };
  }[];
}

/**
 * The life of a stack from its first preview to its end, with `more` between the second `up` and the end.
 *
 * @param more further tests; they get the config of `set`, and add what they change for good.
 */
export function life(
  { stack, set, beside, servers, room }: Life,
  more: (settings: string[]) => void = () => undefined,
): void {
  describe(`the stack ${stack}`, () => {
    const settings: string[] = [];
    const comeUp = () => Promise.all([up(stack, ...settings), beside?.()]);
    before(async function () {
      this.timeout(600_000);
      await cleanSlate();
      await sayEngine(stack);
      settings.push(...((await set?.()) ?? []));
    });

    it("is previewed before any of it exists, and without any output", async () => {
      const { changes } = await preview(stack, ...settings);
      assert.ok(changes.create > 20, `${changes.create} would be created`);
      assert.deepEqual([changes.update, changes.replace, changes.delete], [0, 0, 0]);
    });

    it("comes up, and a second up changes nothing", async () => {
      await comeUp();
      await chatAnswers();
      const { changes, printed } = await up(stack, ...settings);
      assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], printed);
    });

    it("has the servers and the room of its stack file", async () => {
      const { items } = await get<Listed>("statefulsets", "-n", "kafka");
      assert.deepEqual(
        Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.readyReplicas])),
        servers,
      );
      const topic = await inPod(
        "broker-0",
        "kafka-topics.sh",
        "--bootstrap-server",
        "localhost:9092",
        "--describe",
        "--topic",
        "chatroom",
      );
      assert.match(
        topic,
        new RegExp(`PartitionCount: ${room.partitions}\\s+ReplicationFactor: ${room.replicationFactor}`),
      );
    });

    it("carries a chat", async () => {
      const text = `${stack}: ${process.hrtime.bigint()}`;
      assert.ok(await post(text));
      assert.ok((await history(100)).includes(text));
    });

    more(settings);

    it("has the messages after it was taken down and brought up again", async () => {
      const text = `${stack}, kept: ${process.hrtime.bigint()}`;
      assert.ok(await post(text));
      await down(stack);
      await comeUp();
      assert.ok((await history(1_000)).includes(text));
    });

    it("is removed, and leaves only what holds data", async () => {
      await down(stack);
      await until("the stack is gone", 120, async () => {
        const left = await kubectl(
          "get",
          "pods,statefulsets,deployments,services,jobs,configmaps,persistentvolumes",
          "-A",
          "-l",
          "app.kubernetes.io/part-of=kafka-stack",
          "-o",
          "name",
        );
        return left === "" ? null : left;
      });
    });
  });
}

import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { featuresOf } from "../../components/kafka/versions";
import type { KafkaVersion } from "../../config/kafka";
import { Quorum } from "./quorum";

const CONTROLLERS = [9000, 9001, 9002];
const BROKER = 0;
const TOPICS = "org.apache.kafka.tools.TopicCommand";
/** Id of a new directory. */
const fresh = (): string =>
  Buffer.from(Array.from({ length: 16 }, () => Math.floor(Math.random() * 256)))
    .toString("base64url")
    .replace(/^-/, "A");

/** The effect of a quorum's recovery on disks, shown by real servers that start from them. Another test covers which servers it is allowed for. */
for (const version of ["4.3.1", "3.9.2"] satisfies KafkaVersion[]) {
  describe(`a quorum of Kafka ${version} that is recovered`, function () {
    this.timeout(900_000);
    let quorum: Quorum;
    before(async () => {
      quorum = await Quorum.start(version);
      await quorum.until("the voters are three", async () => {
        assert.deepEqual(await quorum.voters(), CONTROLLERS);
      });
    });
    after(async () => {
      await (quorum as Quorum | undefined)?.close();
    });

    /** Directories of the voters after the recovery: those in `renewed` are new where Kafka allows it. */
    const votersOf = (found: Record<string, string>, renewed: readonly number[]) => {
      const known: Record<number, string> = {};
      for (const [, id, of] of (found["voters"] ?? "").matchAll(/(\d+):([^,]+)/g)) known[Number(id)] = of ?? "";
      if (featuresOf(version).autoJoinsQuorum) for (const id of renewed) known[id] = fresh();
      return known;
    };

    const topic = (name: string) =>
      quorum.until(`there is the topic ${name}`, () =>
        quorum.tool(TOPICS, "--create", "--if-not-exists", "--topic", name, "--partitions", "3"),
      );
    const knows = (...names: string[]) =>
      quorum.until("the topics are known", async () => {
        const found = await quorum.topics();
        for (const name of names) assert.ok(found.includes(name), `${name} is not among ${found.join(", ")}`);
      });

    it("has its topics when every controller lost its disk, from the copy of a broker", async () => {
      await topic("first");
      const partitions = () =>
        readdirSync(join(quorum.volume(BROKER), "log")).filter((name) => /^first-\d$/.test(name));
      await quorum.until("partitions are there", () => {
        assert.equal(partitions().length, 3);
      });
      await quorum.kill(...CONTROLLERS);
      for (const id of CONTROLLERS) quorum.empty(id);
      const found = await quorum.survey(BROKER);
      assert.equal(found["knows"], "quorum");
      await quorum.recover(BROKER, CONTROLLERS, Number(found["epoch"]) + 1, votersOf(found, CONTROLLERS));
      for (const id of CONTROLLERS) quorum.launch(id);
      await knows("first");
      assert.equal(partitions().length, 3);
      await topic("second");
      await knows("first", "second");
      assert.deepEqual(await quorum.voters(), CONTROLLERS);
      for (const id of CONTROLLERS) assert.ok(!existsSync(join(quorum.volume(id), "recovery")));
    });

    it("has them when two lost theirs and have started in vain, from the copy of the third", async () => {
      const [kept, lost] = [9001, [9000, 9002]];
      await topic("third");
      // The controllers go on meanwhile, so that the one that is kept has what the broker had read.
      await quorum.kill(BROKER);
      await quorum.kill(...CONTROLLERS);
      for (const id of lost) {
        quorum.empty(id);
        await quorum.format(id, true);
      }
      const [found, broker] = [await quorum.survey(kept), await quorum.survey(BROKER)];
      assert.ok(Number(found["end"]) >= Number(broker["end"]));
      const voters = votersOf(found, []);
      if (featuresOf(version).autoJoinsQuorum) {
        for (const id of [kept, ...lost]) quorum.launch(id);
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        await quorum.kill(...lost);
        for (const id of lost) voters[id] = (await quorum.survey(id))["directory"] ?? "";
      } else quorum.launch(kept);
      const epochs = await Promise.all(CONTROLLERS.map(async (id) => Number((await quorum.survey(id))["epoch"])));
      await quorum.recover(kept, lost, Math.max(...epochs) + 1, voters);
      for (const id of [...lost, BROKER]) quorum.launch(id);
      await knows("first", "third");
      assert.deepEqual(await quorum.voters(), CONTROLLERS);
      await topic("fourth");
      // A majority of them also continues without the controller that was never touched.
      await quorum.kill(kept);
      await topic("fifth");
      await knows("fourth", "fifth");
      quorum.launch(kept);
    });

    it("refuses a copy that did not arrive whole, and one for other voters or another directory", async () => {
      await quorum.kill(...CONTROLLERS, BROKER);
      const found = await quorum.survey(BROKER);
      const copy = await quorum.recovery(BROKER, ["export"]);
      const stage = (end: string, voters: string, content: Buffer) =>
        quorum.recovery(9000, ["stage", String(content.length), end, "999", fresh(), voters], content);
      const right = found["voters"] ?? "";
      await assert.rejects(stage(String(Number(found["end"]) + 1), right, copy), /ends at offset \d+ and not at/);
      await assert.rejects(stage(found["end"] ?? "", right.split(",")[0] ?? "", copy), /which got no directory/);
      // The disk of 9000 is formatted.
      await assert.rejects(stage(found["end"] ?? "", right, copy), /this disk has \S+ by now/);
      await assert.rejects(stage(found["end"] ?? "", right, copy.subarray(0, copy.length / 2)));
      assert.ok(!existsSync(join(quorum.volume(9000), "recovery")));
      rmSync(join(quorum.volume(9000), "recovery.partial"), { recursive: true });
    });
  });
}

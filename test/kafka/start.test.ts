import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { featuresOf } from "../../components/kafka/versions";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { temporaryFolder } from "../support/temporary";
import { Quorum } from "./quorum";

const [CONTROLLER, SECOND, BROKER] = [9000, 9001, 0];
const STATE = "quorum-state";

/** Leaves nothing of a server's metadata but the leader. */
function onlyState(metadata: string, state: string): void {
  rmSync(metadata, { recursive: true, force: true });
  mkdirSync(metadata);
  writeFileSync(join(metadata, STATE), state);
}

/** Servers that start from a disk as a kill leaves it. */
for (const version of KAFKA_VERSIONS.kraft) {
  describe(`a server of Kafka ${version} that was killed when it had just learned its leader`, function () {
    this.timeout(600_000);
    let quorum: Quorum;
    let state: string;
    before(async () => {
      // Only the leader can answer, which is the case that Kafka cannot handle.
      quorum = await Quorum.start(version, [CONTROLLER]);
      state = readFileSync(join(quorum.metadata(BROKER), STATE), "utf8");
      assert.match(state, /"leaderId":9000,/);
    });
    after(async () => {
      await (quorum as Quorum | undefined)?.close();
    });

    describe("and its leader", () => {
      const metadata = temporaryFolder;
      const forgotten = async (id: number, directory: string): Promise<unknown> => {
        await quorum.forgetLeader(id, directory);
        return JSON.parse(readFileSync(join(directory, STATE), "utf8"));
      };

      it("is forgotten when its metadata does not name it: not the epoch, nor for whom it has voted then", async () => {
        const directory = metadata();
        onlyState(directory, state);
        assert.deepEqual(await forgotten(BROKER, directory), {
          ...JSON.parse(state),
          leaderId: -1,
          votedId: CONTROLLER,
        });
      });

      it("is kept when it is itself", async () => {
        const directory = metadata();
        onlyState(directory, state);
        assert.deepEqual(await forgotten(CONTROLLER, directory), JSON.parse(state));
      });

      it("is kept when its metadata names it", async () => {
        const directory = metadata();
        cpSync(quorum.metadata(BROKER), directory, { recursive: true });
        const before: unknown = JSON.parse(readFileSync(join(directory, STATE), "utf8"));
        assert.deepEqual(await forgotten(BROKER, directory), before);
      });

      it("is kept when its metadata cannot be read", async () => {
        const directory = metadata();
        onlyState(directory, state);
        writeFileSync(join(directory, "00000000000000000007.log"), "");
        assert.deepEqual(await forgotten(BROKER, directory), JSON.parse(state));
      });
    });

    it("starts as a broker", async () => {
      await quorum.kill(BROKER);
      onlyState(quorum.metadata(BROKER), state);
      quorum.launch(BROKER);
      await quorum.until("the broker is back", () => quorum.topics());
    });

    if (!featuresOf(version).autoJoinsQuorum) return;

    it("starts as a controller, and joins", async () => {
      await quorum.add(SECOND);
      onlyState(quorum.metadata(SECOND), state);
      quorum.launch(SECOND);
      await quorum.until("it is a voter", async () => {
        assert.deepEqual(await quorum.voters(), [CONTROLLER, SECOND]);
      });
    });
  });
}

import { strict as assert } from "node:assert";
import { up } from "../support/stack";

/** A wrong config, the key that must be named, and words of the message. */
const REFUSED: [string[], RegExp][] = [
  [["replicas=0"], /kafka-stack:replicas: .*0/],
  [["replicas=three"], /kafka-stack:replicas: .*three/],
  [["mode=raft"], /kafka-stack:mode: .*raft/],
  [["storage.type=floppy"], /kafka-stack:storage\.type: .*floppy/],
  [["storage.size=lots"], /kafka-stack:storage\.size: .*lots/],
  [["kafka.heap=2g"], /kafka-stack:kafka\.heap: .*2g/],
  [["controllers.replicas=2"], /kafka-stack:controllers\.replicas: .*2/],
  [["registry.nodePort=80"], /kafka-stack:registry\.nodePort: .*80/],
  [["replcas=3"], /kafka-stack:replcas: .*replicas/],
  [["kchat.producer.nodePort=31500"], /31500/],
  [["topics[0].name=chatroom", "topics[0].partitions=6"], /chatroom.*12.*6|chatroom.*6.*12/s],
];

describe("a wrong config", () => {
  for (const [set, expected] of REFUSED) {
    it(`is refused with its key: ${set.join(", ")}`, async () => {
      await assert.rejects(up("dev", ...set), (error: Error) => {
        assert.match(error.message, expected);
        return true;
      });
    });
  }
});

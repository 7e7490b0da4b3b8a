import assert from "node:assert/strict";
import { inPod } from "../support/kubectl";
import { fault } from "./fault";
import { change } from "./stack";

/** The cluster's metadata version. */
async function metadataVersion(): Promise<string> {
  const features = await inPod("broker-0", "kafka-features.sh", "--bootstrap-server", "localhost:9092", "describe");
  return /^Feature: metadata\.version\s.*FinalizedVersionLevel:\s*(\S+)/m.exec(features)?.[1] ?? "";
}

describe("when Kafka's version changes", () => {
  fault("the binaries are upgraded", () => change({ "kafka.version": "4.3.1" }));

  fault("the binaries are downgraded again", () => change({ "kafka.version": "4.2.1" }));

  fault("the binaries are upgraded and then the metadata version is raised", async () => {
    await change({ "kafka.version": "4.3.1" });
    assert.match(await metadataVersion(), /^4\.2/);
    await change({ "kafka.metadataVersion": "4.3" });
    assert.match(await metadataVersion(), /^4\.3/);
  });

  fault("a downgrade is refused that could not read the metadata", () =>
    assert.rejects(
      change({ "kafka.version": "4.2.1", "kafka.metadataVersion": "4.2" }),
      /metadata-check failed.*which Kafka 4\.2\.1 cannot read/s,
    ),
  );
});

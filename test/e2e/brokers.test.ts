import { strict as assert } from "node:assert";
import { kcat } from "../support/kcat";
import { inPod } from "../support/kubectl";
import { up } from "../support/stack";

const BOOTSTRAP = ["--bootstrap-server", "kafka-bootstrap:9092"];

describe("the brokers", () => {
  it("are three voters of one quorum", async () => {
    const status = await inPod("broker-0", "kafka-metadata-quorum.sh", ...BOOTSTRAP, "describe", "--replication");
    const voters = status.split("\n").filter((line) => /Leader|Follower/.test(line) && !line.startsWith("NodeId"));
    assert.deepEqual(voters.map((line) => line.split(/\s+/)[0]).sort(), ["0", "1", "2"], status);
  });

  it("have the settings of the stack file", async () => {
    const settings = await inPod(
      "broker-1",
      "kafka-configs.sh",
      ...BOOTSTRAP,
      "--describe",
      "--all",
      "--entity-type",
      "brokers",
      "--entity-name",
      "1",
    );
    assert.match(settings, /log\.retention\.hours=-1 /);
    assert.match(settings, /auto\.create\.topics\.enable=false /);
  });

  it("hold the declared topic in its declared shape", async () => {
    const topic = await inPod("broker-2", "kafka-topics.sh", ...BOOTSTRAP, "--describe", "--topic", "chatroom");
    assert.match(topic, /PartitionCount: 12\s+ReplicationFactor: 3/);
  });

  it("can be reached by kcat from outside the cluster", async () => {
    const message = `kcat ${process.hrtime.bigint()}`;
    await kcat(["-P", "-t", "chatroom", "-X", "acks=all"], message);
    const read = await kcat(["-C", "-t", "chatroom", "-e", "-q"]);
    assert.ok(read.split("\n").includes(message));
  });

  it("pass messages from Kafka's own console producer to its console consumer", async () => {
    const message = `console ${process.hrtime.bigint()}`;
    const tools = `echo '${message}' | kafka-console-producer.sh ${BOOTSTRAP.join(" ")} --topic chatroom && kafka-console-consumer.sh ${BOOTSTRAP.join(" ")} --topic chatroom --from-beginning --timeout-ms 15000 2>/dev/null`;
    const read = await inPod("broker-0", "bash", "-c", `${tools} || true`);
    assert.ok(read.split("\n").includes(message), read);
  });
});

describe("a second up", () => {
  it("changes nothing", async () => {
    const { changes, printed } = await up("dev");
    const { create, update, replace, delete: deleted } = changes;
    assert.deepEqual([create, update, replace, deleted], [0, 0, 0, 0], printed);
  });
});

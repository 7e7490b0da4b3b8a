/** `raw-consumer <bootstrap> <topic>`: reads a topic with the client library alone, and reports the latencies of messages. */
import { randomUUID } from "node:crypto";
import { Consumer, MessagesStreamModes, stringDeserializers } from "@platformatic/kafka";
import { serve } from "./child";
import { answersOf, LatencyRecorder } from "./latencies";

const [bootstrap = "", topic = ""] = process.argv.slice(2);
const recorder = new LatencyRecorder();

async function main(): Promise<void> {
  const consumer = new Consumer({
    groupId: randomUUID(),
    clientId: "bench",
    bootstrapBrokers: bootstrap.split(","),
    deserializers: stringDeserializers,
    // A new cluster first has to create the topic for consumer groups.
    retries: 60,
    retryDelay: 500,
  });
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.LATEST, maxWaitTime: 1_000 });
  let isReady = false;
  stream.on("data", ({ value }) => {
    if (value.startsWith("bench: ")) recorder.record(value.slice("bench: ".length));
    else if (!isReady) {
      // A first message arrived: the consumer has its partitions.
      isReady = true;
      serve(answersOf(recorder));
    }
  });
}

void main();

import { fanOut } from "./fan-out";
import { latency } from "./latency";
import { openStage } from "./stage";

/** kchat compared with its parts: with plain produce and consume for latency, with plain Node.js for fan-out. Needs no cluster: Kafka and the services are plain processes. */
export async function kchat(): Promise<string[]> {
  const stage = await openStage();
  try {
    return [...(await latency(stage)), ...(await fanOut(stage))];
  } finally {
    await stage.close();
  }
}

import { randomUUID } from "node:crypto";
import { until } from "./until";

const HEADERS = { "content-type": "text/plain" };

/** Posts a message. @returns whether it was acknowledged. */
export async function post(text: string): Promise<boolean> {
  try {
    const response = await fetch("http://localhost:30192/api/topics/chatroom", {
      method: "POST",
      headers: HEADERS,
      body: text,
      signal: AbortSignal.timeout(30_000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Waits until both services are reachable: a node's packet rules follow its pods a moment later. */
export async function chatAnswers(): Promise<void> {
  await until("the chat answers", 30, async () => {
    for (const port of [30192, 30292]) {
      const response = await fetch(`http://localhost:${port}/api/system/echo`);
      if (!response.ok) return `port ${port} answers ${response.status}`;
    }
    return null;
  });
}

/** The last messages of the room, read until a marker that is posted now arrives. */
export async function history(count: number): Promise<string[]> {
  await chatAnswers();
  const marker = `marker: ${randomUUID()}`;
  const response = await fetch(`http://localhost:30292/sse/connect?history=${count}`, {
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.body) throw new Error("the subscription has no body");
  if (!(await post(marker))) throw new Error("the marker was not acknowledged");
  const messages: string[] = [];
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === `data: ${marker}`) return messages;
      if (line.startsWith("data: ")) messages.push(line.slice("data: ".length));
    }
  }
  throw new Error("the subscription ended before its marker");
}

import assert from "node:assert/strict";
import { start } from "kafka-stack-processes";
import { sandboxEnvironment } from "../../sandbox/environment";
import { kubectl } from "../support/kubectl";
import { until } from "../support/until";

/** Waits until a server has printed a text, in its current or previous container. */
export const untilSaid = (pod: string, text: RegExp) =>
  until(`${pod} said ${text.source}`, 300, async () => {
    const logs = await Promise.all(
      [[], ["--previous"]].map((which) => kubectl("logs", pod, "-n", "kafka", ...which).catch(() => "")),
    );
    return logs.some((log) => text.test(log)) ? null : (logs[0]?.trimEnd().split("\n").at(-1) ?? "");
  });

/** Runs `npm run ops -- …`, and gives what it prints however it ends. */
export async function opsCommand(...words: string[]): Promise<{ code: number | null; text: string }> {
  const command = start("npm", ["run", "--silent", "ops", "--", ...words], {
    env: { ...process.env, ...sandboxEnvironment().env },
  });
  const { code } = await command.ended;
  return { code, text: command.said };
}

/** Runs `npm run ops -- recover-quorum`. */
export const recoverQuorum = (...words: string[]) => opsCommand("recover-quorum", ...words);

/** Recovers the quorum with the printed command. */
export async function recovered(lost: readonly string[]): Promise<void> {
  let text = "";
  await until("it is known what is left", 300, async () => {
    const asked = await recoverQuorum();
    text = asked.text;
    return asked.code === 2 ? null : text;
  });
  const [, words = ""] = /To recover: npm run ops -- recover-quorum (.*)/.exec(text) ?? [];
  assert.ok(words.endsWith(`--lost ${lost.join(",")}`), text);
  const done = await recoverQuorum(...words.split(" "));
  assert.equal(done.code, 0, done.text);
  assert.match(done.text, /The quorum is back: node \d+ leads it/);
}

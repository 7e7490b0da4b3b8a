import assert from "node:assert/strict";
import { outcome } from "kafka-stack-processes";
import { sandboxEnvironment } from "../../sandbox/environment";
import { chatAnswers } from "../support/history";

/** Longest time for a command; a busy machine takes several times as long as an idle one. */
const PATIENCE_MS = 20 * 60_000;

/** What a documented command must do. */
interface Expectation {
  /** Text in its standard output. */
  readonly says?: RegExp;
  /** Exit code. @default 0 */
  readonly code?: number;
}

/** Runs a command exactly as documented, like a user without a terminal. */
function documented(command: string, { says, code = 0 }: Expectation = {}): void {
  it(command, async function () {
    this.timeout(PATIENCE_MS + 60_000);
    const ended = await outcome("sh", ["-c", command], {
      env: { ...process.env, ...sandboxEnvironment().env, CI: "true" },
      timeout: PATIENCE_MS / 1000,
    });
    const { output, errors } = ended;
    assert.equal(ended.code, code, `${output}\n${errors}`);
    if (says !== undefined) assert.match(output, says, errors);
  });
}

describe("the commands in the documents", () => {
  before(chatAnswers);

  // Brings the stack to its stack file, whatever was tried on it before; the following commands only read it.
  documented("npm start", { says: /http:\/\/localhost:30292/ });
  documented("npm run preview -- --stack dev");
  documented("npm run preview -- --stack dev --policy dev");
  documented("npm run preflight -- --stack dev");
  documented("npm run ops -- status", { says: /broker/i });
  documented("npm run ops -- verify");
  documented('npm run chat -- "User A"');

  describe("of first records", () => {
    documented("npm run client -- kafka-topics --list", { says: /^chatroom$/m });
    documented(
      "npm run client -- kafka-topics --create --if-not-exists --topic first --partitions 3 --replication-factor 3",
    );
    documented("echo hello | npm run --silent client -- kafka-console-producer --topic first");
    documented(
      "npm run --silent client -- kafka-console-consumer --topic first --group readers --from-beginning --max-messages 1",
      { says: /^hello$/m },
    );
    documented("npm run client -- kafka-consumer-groups --describe --group readers", { says: /readers\s+first\s/ });
    documented("npm run client -- kafka-topics --delete --topic first");
    // When a tool refuses, the command ends with the tool's own exit code.
    documented("npm run --silent client -- kafka-topics --describe --topic no-such-topic", { code: 1 });
  });
});

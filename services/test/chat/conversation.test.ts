import assert from "node:assert/strict";
import { Conversation } from "../../page/conversation.js";

const shown = (conversation: Conversation) =>
  conversation.messages.map(
    ({ name, text, own, status }) => `${own ? "own" : "other"} ${status} ${name ?? "-"}: ${text}`,
  );

describe("Conversation", () => {
  it("shows an own message at once, and where the room has it once it is there", () => {
    const conversation = new Conversation();
    conversation.sending("A", "mine");
    conversation.received("B: first", true);
    assert.deepEqual(shown(conversation), ["other shown B: first", "own sending A: mine"]);
    conversation.received("A: mine", true);
    conversation.received("B: second", true);
    assert.deepEqual(shown(conversation), ["other shown B: first", "own shown A: mine", "other shown B: second"]);
  });

  it("takes the same words of somebody else's for theirs", () => {
    const conversation = new Conversation();
    conversation.received("A: same", true);
    assert.deepEqual(shown(conversation), ["other shown A: same"]);
  });

  it("keeps a message that was not sent until it is sent again", () => {
    const conversation = new Conversation();
    const key = conversation.sending("A", "mine");
    conversation.failed(key, "Kafka is away.");
    assert.deepEqual(shown(conversation), ["own failed A: mine"]);
    assert.equal(conversation.takeFailed(key)?.text, "mine");
    assert.equal(conversation.takeFailed(key), undefined);
    assert.deepEqual(shown(conversation), []);
  });

  it("sees that a message which seemed lost did arrive", () => {
    const conversation = new Conversation();
    conversation.failed(conversation.sending("A", "mine"), "Kafka did not acknowledge.");
    conversation.received("A: mine", true);
    assert.deepEqual(shown(conversation), ["own shown A: mine"]);
  });

  it("counts and marks what came unseen", () => {
    const conversation = new Conversation();
    conversation.received("B: seen", true);
    conversation.received("B: one", false);
    conversation.received("B: two", false);
    assert.equal(conversation.unread, 2);
    assert.deepEqual(
      conversation.messages.map(({ firstUnread }) => firstUnread),
      [false, true, false],
    );
    conversation.seen();
    assert.equal(conversation.unread, 0);
    conversation.unmark();
    assert.ok(conversation.messages.every(({ firstUnread }) => !firstUnread));
  });

  it("lets the oldest go", () => {
    const conversation = new Conversation();
    for (let index = 0; index < 700; index += 1) conversation.received(`B: ${index}`, true);
    assert.equal(conversation.messages.length, 500);
    assert.equal(conversation.messages[0]?.text, "200");
  });

  it("shows a message without the wire form whole", () => {
    const conversation = new Conversation();
    conversation.received("no colon here", true);
    conversation.received(": no name", true);
    assert.deepEqual(shown(conversation), ["other shown -: no colon here", "other shown -: : no name"]);
  });
});

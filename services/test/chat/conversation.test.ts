import assert from "node:assert/strict";
import { Conversation } from "../../page/conversation.js";

const shown = (conversation: Conversation) =>
  conversation.messages.map(
    ({ name, text, own, status }) => `${own ? "own" : "other"} ${status} ${name ?? "-"}: ${text}`,
  );

describe("Conversation", () => {
  it("shows an own message at once, and moves it to its place in the room later", () => {
    const conversation = new Conversation();
    conversation.sending("A", "mine");
    conversation.received("B: first", true);
    assert.deepEqual(shown(conversation), ["other shown B: first", "own sending A: mine"]);
    conversation.received("A: mine", true);
    conversation.received("B: second", true);
    assert.deepEqual(shown(conversation), ["other shown B: first", "own shown A: mine", "other shown B: second"]);
  });

  it("attributes the same words to somebody else when they sent them", () => {
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

  it("notices that a message that seemed lost did arrive", () => {
    const conversation = new Conversation();
    conversation.failed(conversation.sending("A", "mine"), "Kafka did not acknowledge.");
    conversation.received("A: mine", true);
    assert.deepEqual(shown(conversation), ["own shown A: mine"]);
  });

  it("counts and marks unseen messages", () => {
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

  it("drops the oldest", () => {
    const conversation = new Conversation();
    for (let index = 0; index < 700; index += 1) conversation.received(`B: ${index}`, true);
    assert.equal(conversation.messages.length, 500);
    assert.equal(conversation.messages[0]?.text, "200");
  });

  it("shows a message without the wire format whole", () => {
    const conversation = new Conversation();
    conversation.received("no colon here", true);
    conversation.received(": no name", true);
    assert.deepEqual(shown(conversation), ["other shown -: no colon here", "other shown -: : no name"]);
  });
});

import assert from "node:assert/strict";
import { recover, type Options } from "./recover";
import { type Access, begin, makeLeaders } from "./servers";
import type { Offline, Server } from "./survey";

/** A partition of brokers 1 and 2: broker 1 waits for its lost disk, broker 2 has an older copy. */
const LINE = "partition=chatroom-0 topic=T replicas=1,2 isr=1 elr= lastElr= adding= removing= unclean=false";
/** One of which no copy is left. */
const ALONE = LINE.replace("chatroom", "alone").replace("replicas=1,2", "replicas=1");

/** The servers of a stack: what they say, and what they were told. */
class FakeStack implements Access {
  readonly patience = 0;
  readonly told: string[] = [];
  readonly refusing = new Set<string>();
  offline = [LINE, ALONE];
  running = [0, 2];
  /** Whether Kafka elects a last known leader that comes back. */
  elects = true;
  private begun = false;

  brokers = () => Promise.resolve([0, 1, 2].map((id) => ({ name: `broker-${id}`, id })));

  quorum = (name: string) => Promise.resolve(name === "broker-1" && !this.begun ? "lost=2\n" : "lost=0\n");

  run = (name: string, [, command = ""]: readonly string[], input = Buffer.alloc(0)) => {
    const lines = input.toString().split("\n").slice(0, -1);
    if (command !== "list" && command !== "copies") this.told.push(`${name} ${command}`);
    if (this.refusing.has(`${name} ${command}`)) return Promise.reject(new Error("no such pod"));
    return Promise.resolve(Buffer.from(this.answer(name, command, lines)));
  };

  private answer(name: string, command: string, lines: readonly string[]): string {
    const copy = (partition: string) => (name === "broker-2" && partition !== "alone-0" ? "20 3 T" : "none");
    switch (command) {
      case "list":
        return [`running=${this.running.join(",")}`, ...this.offline, "complete\n"].join("\n");
      case "copies":
        return [...lines.map((partition) => `${partition} ${copy(partition)}`), "used\n"].join("\n");
      case "elect":
        this.offline = this.offline.filter((line) => !lines.some((each) => line.includes(each.split(" ")[0] ?? "")));
        return lines.map((line) => `${line.split(" ")[0] ?? ""} ok\n`).join("");
      case "begin":
        this.begun = true;
        this.running = [0, 1, 2];
        if (this.elects) this.offline = [];
        return "";
      default:
        return "";
    }
  }
}

const command = async (stack: FakeStack, options: Options) => {
  const lines: string[] = [];
  const code = await recover(stack, options, (line) => lines.push(line));
  return { code, said: lines.join("\n"), told: stack.told };
};

describe("npm run ops -- recover-partitions", () => {
  it("only looks without options", async () => {
    const { code, said, told } = await command(new FakeStack(), {});
    assert.equal(code, 2);
    assert.deepEqual(told, []);
    assert.match(
      said,
      /chatroom-0 has no leader:\n {2}broker-1: lost, in sync last\n {2}broker-2: up to offset 20 of epoch 3\n/,
    );
    assert.match(
      said,
      /recover-partitions --elect\nNo copy is left of alone-0\. .* npm run ops -- recover-partitions --elect --lost 1$/,
    );
  });

  it("has nothing to do when every partition has a leader", async () => {
    const stack = new FakeStack();
    stack.offline = [];
    const { code, said } = await command(stack, {});
    assert.equal(code, 0);
    assert.match(said, /Every partition has a leader\.\nbroker-1 needs no order/);
  });

  it("elects, and leaves alone what it cannot decide", async () => {
    const { code, said, told } = await command(new FakeStack(), { elect: true });
    assert.equal(code, 1);
    assert.deepEqual(told, ["broker-2 elect"]);
    assert.match(said, /broker-2 leads chatroom-0\./);
    assert.match(said, /alone-0: no server has a record of it/);
  });

  it("lets nobody begin while a copy is left", async () => {
    const { code, said, told } = await command(new FakeStack(), { lost: [1] });
    assert.equal(code, 1);
    assert.deepEqual(told, []);
    assert.match(said, /broker-2 has records of it.*--elect\.\nNo server was told to begin/);
  });

  it("elects first, and then lets begin", async () => {
    const { said, told } = await command(new FakeStack(), { elect: true, lost: [1] });
    assert.deepEqual(told, ["broker-2 elect", "broker-1 begin", "broker-1 begun"]);
    assert.match(said, /The records of alone-0 are gone.*\nbroker-1 runs, and began with empty copies/);
  });

  it("elects what Kafka does not elect when its server is back", async () => {
    const stack = new FakeStack();
    stack.elects = false;
    const { code, said, told } = await command(stack, { elect: true, lost: [1] });
    assert.deepEqual(told, ["broker-2 elect", "broker-1 begin", "broker-1 begun", "broker-1 elect"]);
    assert.match(said, /broker-1 leads alone-0\.$/);
    assert.equal(code, 0, "nothing is left to do");
  });

  it("does nothing for a server that is not lost", async () => {
    const { code, said, told } = await command(new FakeStack(), { elect: true, lost: [2] });
    assert.equal(code, 1);
    assert.deepEqual(told, []);
    assert.match(said, /broker-2 is not lost: it runs/);
  });

  it("does nothing while no broker says what has no leader", async () => {
    const stack = new FakeStack();
    for (const id of [0, 1, 2]) stack.refusing.add(`broker-${id} list`);
    for (const options of [{}, { elect: true }, { lost: [1] }, { elect: true, lost: [1] }]) {
      const { code, said } = await command(stack, options);
      assert.ok(code > 0);
      assert.match(said, /No broker answers which partitions have no leader \(broker-0: no such pod; broker-1: /);
    }
    assert.deepEqual(stack.told, []);
  });
});

describe("an order to servers", () => {
  const partition: Offline = {
    ...{ name: "chatroom-0", topic: "T", replicas: [1, 2], trusted: [1], adding: [], removing: [], unclean: false },
  };
  const server = (id: number): Server => ({ name: `broker-${id}`, id, runs: true, waits: false, disks: "" });
  const election = (id: number, name: string) => ({
    ...{ partition: { ...partition, name }, leader: server(id), copy: null, order: [id], costs: [] },
  });

  it("is given to another broker when one does not take it", async () => {
    const stack = new FakeStack();
    stack.refusing.add("broker-2 elect");
    assert.deepEqual([...(await makeLeaders(stack, [election(2, "a-0"), election(0, "b-0")]))], []);
    assert.deepEqual(stack.told, ["broker-2 elect", "broker-0 elect"]);
    stack.refusing.add("broker-0 elect");
    await assert.rejects(
      makeLeaders(stack, [election(2, "a-0"), election(0, "b-0")]),
      /No broker makes leaders \(no such pod\)/,
    );
  });

  it("is taken back when the server does not run in time", async () => {
    const stack = new FakeStack();
    stack.refusing.add("broker-1 list");
    await assert.rejects(begin(stack, [server(1)], 0), /broker-1 was told to begin, and does not run after 0 s/);
    assert.deepEqual(stack.told, ["broker-1 begin", "broker-1 begun"]);
  });
});

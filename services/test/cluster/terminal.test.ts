import assert from "node:assert/strict";
import { clock, render, type Seen } from "../../src/cluster/terminal.js";
import { widthOf } from "../../src/cluster/text.js";
import type { Parts, Snapshot } from "../../src/cluster/snapshot.js";
import { broken, groups, snapshot } from "./fakes.js";

const AT = Date.UTC(2026, 0, 1, 12);

const seen = ({ topics: _, ...cluster }: Snapshot, change: Partial<Parts> = {}): Seen => ({
  parts: { ...cluster, groups: groups(AT), ...change },
  at: AT,
  age: 2_400,
  trouble: "",
});
const texts = (one: Seen, width: number) => render(one, width).map(({ text }) => text);

describe("The cluster in a terminal", () => {
  it("of 80 columns has tables", () => {
    assert.deepEqual(texts(seen(broken()), 80), [
      "Kafka cluster test",
      `As of ${clock(AT)}, 2 s ago`,
      "✕ 1 partition offline: nobody can write or read it; broker 1 not running; 1",
      "  partition under-replicated; 1 partition not led by its preferred leader.",
      "Brokers: 2 of 3 run; Topics: 2; Partitions: 4; Offline: 1; Under-replicated: 1;",
      "  Not led by preferred: 1",
      "Controller 0 is active. Voters: 0, 1, 2, all caught up.",
      "",
      "Partitions that are not in order",
      "X orders-1: offline; no leader; replicas 1; last in sync 1",
      "U orders-0: under-replicated; leader 0; replicas 0, 1; in sync 0",
      "L orders-2: not led by its preferred leader; leader 0; replicas 2, 0; in sync 2,",
      "  0",
      "",
      "Brokers by rack",
      "BROKER  RACK    STATE        LEADS  REPLICAS  NOT IN SYNC  DISK USED",
      "0       rack-0  runs             2         4            0  40 % of 10.0 GiB",
      "1       rack-1  not running      0         4            2  not known",
      "2       rack-2  runs             2         4            0  40 % of 10.0 GiB",
      "",
      "Moves under way",
      "1 partition moves.",
      "payments-0 from 0, 2 to 2, 1",
      "",
      "Consumer groups",
      `3 groups, measured at ${clock(AT)}.`,
      "GROUP    STATE                         BEHIND, RECORDS  BEHIND, TIME",
      "billing  Stable                                123,456     1 h 6 min",
      "audit    Stable, share    ≥ 7 (2 partitions not known)        ≥ 12 s",
      "idle     Empty, consumer                             0           0 s",
    ]);
  });

  it("of 40 columns says the same row by row", () => {
    assert.deepEqual(texts(seen(broken()), 40).slice(21), [
      "  sync 2, 0",
      "",
      "Brokers by rack",
      "Broker 0: rack rack-0, runs, leads 2,",
      "  replicas 4, not in sync 0, disk used",
      "  40 % of 10.0 GiB",
      "Broker 1: rack rack-1, not running,",
      "  leads 0, replicas 4, not in sync 2,",
      "  disk used not known",
      "Broker 2: rack rack-2, runs, leads 2,",
      "  replicas 4, not in sync 0, disk used",
      "  40 % of 10.0 GiB",
      "",
      "Moves under way",
      "1 partition moves.",
      "payments-0 from 0, 2 to 2, 1",
      "",
      "Consumer groups",
      `3 groups, measured at ${clock(AT)}.`,
      "billing: Stable, records behind 123,456,",
      "  time behind 1 h 6 min",
      "audit: Stable, share, records behind ≥ 7",
      "  (2 partitions not known), time behind",
      "  ≥ 12 s",
      "idle: Empty, consumer, records behind 0,",
      "  time behind 0 s",
    ]);
  });

  it("is never wider than the terminal, and every broker is in it", () => {
    const brokers = Array.from({ length: 100 }, (_, id) => ({
      id,
      rack: `rack-${id % 3}`,
      running: id !== 7,
      leaders: 10_000,
      replicas: 30_000,
      outOfSync: 0,
      cordoned: id === 8,
      disk: null,
    }));
    for (let width = 1; width <= 120; width += 1) {
      const lines = texts(seen(broken(), { brokers, doubt: "Broker 1 is cut off." }), width);
      for (const line of lines) assert.ok(widthOf(line) <= width, `"${line}" is wider than ${width}`);
    }
    const rows = texts(seen(snapshot(), { brokers }), 80).map((line) => /^(\d+) +(rack-\d)/.exec(line)?.slice(1, 3));
    const shown = rows.filter((row) => row !== undefined);
    assert.equal(shown.length, 100);
    assert.deepEqual(shown.slice(33, 35), [
      ["99", "rack-0"],
      ["1", "rack-1"],
    ]);
  });

  it("says what is bad without colours, and by them", () => {
    const disk = { fullest: { size: 100, free: 5 }, directories: 2, failed: 0 };
    const [first, ...others] = snapshot().brokers;
    assert.ok(first);
    const lines = render(seen(snapshot({ brokers: [{ ...first, disk }, ...others] })), 100);
    assert.deepEqual(
      lines.filter(({ style }) => style !== "title" && style !== "soft" && style !== undefined),
      [
        { text: "✓ All brokers run, and all partitions are in order.", style: "good" },
        {
          text: "0       rack-0  runs       2         4            0  95 % of 100 B, the fullest of 2",
          style: "bad",
        },
      ],
    );
  });

  it("lists some, and counts what it leaves out", () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      topic: "orders",
      index,
      leader: -1,
      replicas: [1],
      inSync: [1],
      state: "X" as const,
    }));
    const lines = texts(seen(broken(), { attention: { rows, total: 250 } }), 80);
    assert.equal(lines.filter((line) => line.startsWith("X orders-")).length, 20);
    assert.ok(lines.includes("Shown are 20 of 250 partitions."));
  });

  it("says what is not known", () => {
    const unknown = { moves: { unknown: "refused" }, groups: { unknown: "They have not been measured yet." } };
    const lines = texts(seen(snapshot(), { ...unknown, doubt: "Broker 1 is cut off." }), 120);
    assert.ok(lines.includes("! Broker 1 is cut off."));
    assert.ok(lines.includes("Whether any partition moves is not known: refused"));
    assert.ok(lines.includes("How far consumers are behind is not known: They have not been measured yet."));
  });

  it("shows nothing old while there is no answer, but when the last state was", () => {
    const trouble = "Kafka does not answer since 12:00:00.";
    assert.deepEqual(texts({ parts: undefined, at: AT, age: 60_000, trouble }, 80), [
      "Kafka cluster",
      `? ${trouble}`,
      `The last state was as of ${clock(AT)}.`,
    ]);
    assert.equal(
      texts({ parts: undefined, at: undefined, age: 0, trouble }, 80).at(-1),
      "No state of the cluster was seen yet.",
    );
  });

  it("shows names as text", () => {
    const evil = "\u001b]0;owned\u0007\u001b[2J";
    const [first] = snapshot().brokers;
    assert.ok(first);
    const lines = render(
      seen(
        snapshot({
          clusterId: evil,
          brokers: [{ ...first, rack: evil }],
          moves: { value: { rows: [{ topic: evil, partition: 0, from: [0], to: [1] }], total: 1 } },
          attention: {
            rows: [{ topic: evil, index: 0, leader: -1, replicas: [1], inSync: [1], state: "X" }],
            total: 1,
          },
        }),
        {
          doubt: evil,
          groups: {
            value: {
              at: AT,
              total: 1,
              rows: [{ name: evil, type: evil, state: evil, lag: 0, seconds: 0, unknown: 0 }],
              incomplete: [evil],
            },
          },
        },
      ),
      200,
    );
    for (const { text } of lines) assert.doesNotMatch(text, /\p{Cc}/u);
    assert.ok(lines.some(({ text }) => text.includes(String.raw`\x1b]0;owned\x07\x1b[2J`)));
  });
});

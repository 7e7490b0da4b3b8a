import assert from "node:assert/strict";
import fc from "fast-check";
import { beginnings, elections, misnamed, orderOf } from "./plan";
import { type Copy, type Offline, parseCluster, parseDisks, parseWaits, type Server } from "./survey";

const P = "chatroom-0";
const partition = (changes: Partial<Offline> = {}): Offline => ({
  ...{ name: P, topic: "T", replicas: [0, 1, 2], trusted: [1], adding: [], removing: [], unclean: false },
  ...changes,
});
const copy = (end: number, epoch = 5): Copy => ({ end, epoch });

/** A broker that runs, and what it has of the partition. */
const runs = (id: number, found: Copy | null): Server => ({
  ...{ name: `broker-${id}`, id, runs: true, waits: false },
  disks: { copies: new Map([[P, found]]), used: true },
});
/** One that waits, because a disk of it is lost. */
const waits = (id: number, found: Copy | null = null): Server => ({ ...runs(id, found), runs: false, waits: true });
/** One that has its disk, and does not run yet. */
const stands = (id: number, found: Copy | null): Server => ({ ...runs(id, found), runs: false });
/** One that does not answer. */
const silent = (id: number): Server => ({ ...stands(id, null), disks: "gone" });

/** Who is elected, or why nobody is. */
const elected = (servers: readonly Server[], lost: readonly number[] = [], of = partition()) => {
  const { elections: all, refused } = elections([of], servers, lost);
  return all[0] ? `${all[0].leader.id}: ${all[0].costs.join(" ")}` : refused.join(" ");
};
/** Who may begin, or why not. */
const begun = (servers: readonly Server[], lost: readonly number[], of = partition()) => {
  const { servers: all, gone, refused } = beginnings([of], servers, lost);
  return refused.length > 0 ? refused.join(" ") : `${all.map(({ id }) => id).join(",")} gone: ${gone.join(",")}`;
};

describe("the leader of a partition that has none", () => {
  const cases: [string, string, RegExp][] = [
    ["the copy that ends last", elected([runs(0, copy(9)), waits(1), runs(2, copy(12))]), /^2: .*up to offset 12 of/],
    ["a later epoch, though it ends earlier", elected([runs(0, copy(9, 6)), waits(1), runs(2, copy(12))]), /^0: /],
    ["which is told", elected([runs(0, copy(9, 6)), waits(1), runs(2, copy(12))]), /broker-2 ends later, at offset 12/],
    ["the first replica of equal ones", elected([runs(0, copy(9)), waits(1), runs(2, copy(9))]), /^0: /],
    ["one that runs, of equal ones", elected([stands(0, copy(9)), waits(1), runs(2, copy(9))]), /^2: /],
    [
      "what a lost copy had is told",
      elected([runs(0, copy(9)), waits(1), runs(2, null)]),
      /broker-1 was in sync last.*from offset 9 on/,
    ],
    [
      "a lost copy was not in sync",
      elected([waits(0), runs(1, copy(9)), runs(2, null)]),
      /broker-0 is lost, and was not among/,
    ],
    [
      "nobody, while one is silent",
      elected([runs(0, copy(9)), waits(1), silent(2)]),
      /^chatroom-0: broker-2 does not answer \(gone\).*--elect --lost 2\.$/,
    ],
    [
      "somebody, when its disk is declared lost",
      elected([runs(0, copy(9)), waits(1), silent(2)], [2]),
      /^0: .*broker-1 was in sync.*/,
    ],
    [
      "nobody, while the stack has no such server",
      elected([runs(0, copy(9)), waits(1)]),
      /broker-2 does not answer \(the stack has no such/,
    ],
    [
      "nobody, while one that waits hides other disks",
      elected([runs(0, copy(9)), { ...silent(1), waits: true }, runs(2, null)], [1]),
      /broker-1 does not answer.*Its log says why/,
    ],
    [
      "nobody, while one that runs hides its disk",
      elected([runs(0, copy(9)), { ...silent(1), runs: true }, runs(2, null)]),
      /broker-1 does not answer.*Its log says why/,
    ],
    [
      "nobody, while a better copy is on its way",
      elected([runs(0, copy(9)), waits(1), stands(2, copy(12))]),
      /that of broker-2, up to offset 12 of epoch 5, and it does not run\. Wait/,
    ],
    [
      "nobody, while a better copy waits for another disk",
      elected([runs(0, copy(9)), waits(1, copy(12)), runs(2, null)]),
      /broker-1, .*--lost 1 lets it begin without that, and keeps this copy/,
    ],
    [
      "nobody without records, while a disk may come back",
      elected([runs(0, null), waits(1), runs(2, copy(0, -1))]),
      /no server has a record of it, and the disk of broker-1 is lost.*--lost 1 /,
    ],
    [
      "nobody without records, while one does not run",
      elected([runs(0, null), stands(1, null), runs(2, null)]),
      /Wait until broker-1 runs/,
    ],
    [
      "the first that runs, when no record is left",
      elected([waits(0), waits(1), runs(2, copy(0, -1))], [0, 1]),
      /^2: No server has a record of it: broker-2 begins it empty/,
    ],
    ["nobody, when nobody runs", elected([waits(0), waits(1), waits(2)], [0, 1, 2]), /none of its servers runs/],
  ];
  for (const [name, said, expected] of cases) {
    it(`is ${name}`, () => {
      assert.match(said, expected);
    });
  }

  it("is the first of the replicas, which stay the same", () => {
    assert.deepEqual(orderOf(partition(), 2), [2, 0, 1]);
    assert.deepEqual(orderOf(partition(), 0), [0, 1, 2]);
  });

  it("keeps a move, or undoes one that takes the partition away from it", () => {
    const moving = partition({ replicas: [3, 1, 0], adding: [3], removing: [0] });
    assert.deepEqual(orderOf(moving, 1), [1, 3]);
    assert.deepEqual(orderOf(moving, 3), [3, 1]);
    assert.deepEqual(orderOf(moving, 0), [0, 1]);
  });
});

describe("a server with a lost disk", () => {
  const cases: [string, string, RegExp][] = [
    ["begins, when no copy is left", begun([waits(0), waits(1), runs(2, null)], [0, 1]), /^0,1 gone: chatroom-0$/],
    [
      "does not, while one that runs has records",
      begun([runs(0, copy(9)), waits(1), runs(2, null)], [1]),
      /the empty copy of broker-1 the leader of chatroom-0, and broker-0 has records of it: .*--elect/,
    ],
    [
      "does not, while one on its way has records",
      begun([stands(0, copy(9)), waits(1), runs(2, null)], [1]),
      /broker-0 has records of it and does not run. Wait/,
    ],
    [
      "does not, while one that waits too has records",
      begun([waits(0, copy(9)), waits(1), runs(2, null)], [1]),
      /--lost 0, and elect it/,
    ],
    [
      "does not, while one is silent",
      begun([silent(0), waits(1), runs(2, null)], [1]),
      /others may have records of it: broker-0 does not answer/,
    ],
    [
      "does, when that one is declared lost",
      begun([silent(0), waits(1), runs(2, null)], [0, 1]),
      /^1 gone: chatroom-0$/,
    ],
    [
      "does not, while another lost disk may come back",
      begun([waits(0), waits(1), runs(2, null)], [1]),
      /name all of them, --lost 1,0,/,
    ],
    [
      "does not, while it hides other disks",
      begun([runs(0, null), { ...silent(1), waits: true }, runs(2, null)], [1]),
      /broker-1 does not say what it has/,
    ],
    [
      "begins, when Kafka does not take its copy for one in sync",
      begun([waits(0), waits(1), runs(2, copy(9))], [0]),
      /^0 gone: $/,
    ],
    [
      "does not, when Kafka elects any replica",
      begun([waits(0), waits(1), runs(2, copy(9))], [0], partition({ unclean: true })),
      /broker-2 has records/,
    ],
    [
      "begins, when it has this copy on another disk",
      begun([runs(0, copy(9)), waits(1, copy(7)), runs(2, null)], [1]),
      /^1 gone: $/,
    ],
  ];
  for (const [name, said, expected] of cases) {
    it(name, () => {
      assert.match(said, expected);
    });
  }

  it("does not begin while no broker says what has no leader, unless no disk of any was ever used", () => {
    const blank = [0, 1].map((id) => ({ ...waits(id), disks: { copies: new Map(), used: false } }));
    assert.match(beginnings(undefined, [waits(0), waits(1)], [0, 1]).refused.join(), /No broker runs/);
    assert.match(beginnings(undefined, blank, [0]).refused.join(), /No broker runs/);
    assert.deepEqual(beginnings(undefined, blank, [0, 1]).servers, blank);
  });

  it("is one that waits; one that is silent is declared lost only where leaders are elected", () => {
    const servers = [runs(0, null), waits(1), stands(2, null), silent(3)];
    const said = (id: number, elect: boolean) => misnamed(servers, [id], elect).join("");
    for (const elect of [true, false]) {
      assert.match(said(0, elect), /broker-0 is not lost: it runs/);
      assert.equal(said(1, elect), "");
      assert.match(said(2, elect), /broker-2 answers, and does not wait/);
    }
    assert.match(said(3, false), /broker-3 does not answer \(gone\)/);
    assert.equal(said(3, true), "");
    assert.match(said(4, false), /no broker 4/);
    assert.equal(said(4, true), "");
  });
});

describe("a recovery of partitions, whatever is lost", () => {
  const found = fc.option(fc.record({ end: fc.nat(3), epoch: fc.integer({ min: -1, max: 2 }) }), { freq: 1 });
  const server = fc.tuple(fc.constantFrom(runs, waits, stands), found, fc.constantFrom(false, false, false, true)).map(
    ([make, has, hides]) =>
      (id: number): Server =>
        hides ? { ...make(id, has), disks: "silent" } : make(id, has),
  );
  const cluster = fc.record({
    servers: fc.array(server, { minLength: 3, maxLength: 3 }).map((all) => all.map((make, id) => make(id))),
    offline: fc.record({ trusted: fc.subarray([0, 1, 2]), unclean: fc.boolean() }).map(partition),
    named: fc.subarray([0, 1, 2]),
  });
  const held = (server: Server | undefined) =>
    typeof server?.disks === "object" ? (server.disks.copies.get(P) ?? undefined) : undefined;
  const beats = (one: Copy | undefined, other: Copy | null) =>
    one !== undefined &&
    one.end > 0 &&
    (!other || one.epoch > other.epoch || (one.epoch === other.epoch && one.end > other.end));

  it("never elects where an answer is missing, nor beside a more complete copy that is known", () => {
    let count = 0;
    fc.assert(
      fc.property(cluster, ({ servers, offline, named }) => {
        const lost = named.filter((id) => misnamed(servers, [id], true).length === 0);
        for (const { leader, order, copy: best } of elections([offline], servers, lost).elections) {
          count++;
          assert.ok(leader.runs);
          assert.equal(order[0], leader.id);
          assert.deepEqual([...order].sort(), [...offline.replicas].sort());
          const unknown = servers.filter(
            ({ disks, id, waits: held }) => typeof disks === "string" && !(lost.includes(id) && !held),
          );
          assert.deepEqual(unknown, []);
          assert.deepEqual(
            servers.filter((each) => beats(held(each), held(leader) ?? null)),
            [],
          );
          assert.ok(best === null || held(leader)?.end === best.end);
        }
      }),
      { seed: 17, numRuns: 6_000 },
    );
    assert.ok(count > 200, String(count));
  });

  it("never lets a server begin with a copy that Kafka would elect, while others have records or may have", () => {
    let count = 0;
    fc.assert(
      fc.property(cluster, ({ servers, offline, named }) => {
        const lost = named.filter((id) => misnamed(servers, [id], true).length === 0);
        const plan = beginnings([offline], servers, lost);
        if (plan.refused.length > 0) return;
        for (const server of plan.servers) {
          assert.ok(server.waits && lost.includes(server.id));
          const own = held(server);
          if ((own && own.end > 0) || !(offline.unclean || offline.trusted.includes(server.id))) continue;
          count++;
          for (const other of servers) {
            assert.ok(!((held(other)?.end ?? 0) > 0), "another has records");
            assert.ok(typeof other.disks !== "string" || (lost.includes(other.id) && !other.waits), "another may have");
          }
        }
      }),
      { seed: 19, numRuns: 6_000 },
    );
    assert.ok(count > 50, String(count));
  });

  it("has nothing to do for partitions that have a leader: only those that have none are judged", () => {
    assert.deepEqual(elections([], [runs(0, copy(9)), waits(1)], [1]), { elections: [], refused: [] });
    assert.deepEqual(beginnings([], [runs(0, copy(9)), waits(1)], [1]).refused, []);
  });
});

describe("what servers say of partitions", () => {
  const LINE = `partition=${P} topic=T replicas=0,1,2 isr=1 elr=2 lastElr=1 adding= removing= unclean=false`;

  it("is read", () => {
    assert.deepEqual(parseCluster(`running=0,2\n${LINE}\ncomplete\n`), {
      running: [0, 2],
      offline: [partition({ trusted: [1, 2] })],
    });
    assert.deepEqual(parseCluster("running=0\ncomplete\n"), { running: [0], offline: [] });
    const said = ["lost=12\n", "lost=unknown\nnode=1\n", "knows=data\nlost=0\n", "knows=data\n"];
    assert.deepEqual(said.map(parseWaits), [true, true, false, false]);
  });

  it("is rejected when some of it is missing", () => {
    assert.throws(() => parseCluster(""), /all of what has no leader/);
    assert.throws(() => parseCluster(`running=0\n${LINE}\n`), /all of what has no leader/);
    assert.throws(() => parseCluster(`running=0\n${LINE.replace(" isr=1", "")}\ncomplete`), /isr/);
    assert.throws(() => parseDisks("unused\n", [partition()]), /what it has of chatroom-0/);
    assert.throws(() => parseDisks(`${P} 12\nused\n`, [partition()]), /what it has of chatroom-0/);
    assert.throws(() => parseDisks(`${P} 12 3 T\n`, [partition()]), /all of what it has/);
  });

  it("is a copy, none, or one of a topic that had the same name before", () => {
    const read = (line: string, topic = "T") => parseDisks(`${line}\nused\n`, [partition({ topic })]).copies.get(P);
    assert.deepEqual(read(`${P} 12 3 T`), copy(12, 3));
    assert.deepEqual(read(`${P} 0 -1 -`), copy(0, -1));
    assert.equal(read(`${P} none`), null);
    assert.equal(read(`${P} 12 3 U`), null);
    assert.deepEqual(read(`${P} 12 3 U`, "AAAAAAAAAAAAAAAAAAAAAA"), copy(12, 3));
  });
});

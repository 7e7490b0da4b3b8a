import assert from "node:assert/strict";
import fc from "fast-check";
import { type Decisions, decisionsOfSuite, type Situation, type Word } from "./decisions";

const WORDS: readonly Word[] = ["N", "V", "D", "q", "Q", "-"];

/** All lists of this length. */
const lists = (length: number, words = WORDS): Word[][] =>
  length === 0 ? [[]] : lists(length - 1, words).flatMap((rest) => words.map((word) => [word, ...rest]));

/** How a decision violates the rules; nothing when it keeps them. This states the rules, not their implementation. */
function broken(now: Situation, { action, ready, text }: Awaited<ReturnType<Decisions["decide"]>>[number]): string[] {
  const { own, controllers, brokers, voters, ordinal, pods } = now;
  const others = [...controllers, ...brokers];
  const knows = (word: Word) => word === "q" || word === "Q";
  const used = (word: Word) => knows(word) || word === "D" || (word === "V" && voters === "dynamic");
  const count = (words: readonly Word[], of: (word: Word) => boolean) => words.filter(of).length;
  const remembering = count(controllers, (word) => knows(word) || word === "V");
  const majority = Math.floor((controllers.length + 1) / 2) + 1;
  const silent = others.includes("-");
  const rules: Record<string, boolean> = {
    "founds while a server is silent": action === "FOUND" && silent,
    "founds beside a disk that was used": action === "FOUND" && [own, ...others].some(used),
    "founds as another than controller 0": action === "FOUND" && voters === "dynamic" && ordinal !== 0,
    "votes again without most voters that have their metadata and are current":
      action === "JOIN" && voters === "fixed" && count(controllers, (word) => word === "Q") < majority,
    "joins a quorum that nobody knows":
      action === "JOIN" &&
      voters === "dynamic" &&
      remembering === 0 &&
      (silent || ordinal === 0 || [own, ...others].some(used)),
    "does not join a quorum that a controller knows": voters === "dynamic" && remembering > 0 && action !== "JOIN",
    "waits for nobody": action === "WAIT" && !silent && !(voters === "fixed" && remembering >= majority),
    "gives up while a controller may still come": action === "REFUSE" && controllers.includes("-"),
    "counts as ready":
      ready && !(action === "WAIT" && pods === "dedicated" && !controllers.includes("-") && brokers.includes("-")),
    "does not let the brokers be created":
      action === "WAIT" && pods === "dedicated" && !controllers.includes("-") && !controllers.some(knows) && !ready,
    "does not say for whom it waits": action === "WAIT" && silent && !/waiting for ([cb]\d|a leader)/.test(text),
    "does not say what to do": action === "REFUSE" && !/[Gg]ive .* the volumes that they had/.test(text),
  };
  return Object.keys(rules).filter((rule) => rules[rule]);
}

describe("founding a quorum", function () {
  this.timeout(120_000);
  const decisions = decisionsOfSuite();

  const BLANK: Situation = {
    ordinal: 0,
    voters: "dynamic",
    pods: "combined",
    own: "N",
    controllers: ["N", "N"],
    brokers: [],
  };
  const cases: [string, Partial<Situation>, string, RegExp][] = [
    ["all disks of the stack are empty", { brokers: ["N"] }, "FOUND", /founding it/],
    ["the stack is this server alone", { controllers: [] }, "FOUND", /founding it/],
    ["it is not the first controller", { ordinal: 1 }, "JOIN", /controller 0 founds/],
    ["a peer has not answered", { controllers: ["N", "-"] }, "WAIT", /waiting for c1: one of them may know/],
    [
      "a broker has not answered",
      { brokers: ["N", "-", "-"] },
      "WAIT",
      /waiting for b1, b2: their disks may hold data/,
    ],
    ["a controller knows a quorum, whoever is silent", { controllers: ["-", "q"], brokers: ["-"] }, "JOIN", /c1 knows/],
    [
      "only brokers know one",
      { brokers: ["N", "q"] },
      "REFUSE",
      /the metadata of this cluster is lost: .*but there is data of the cluster on b1\./,
    ],
    [
      "only brokers know one, and a controller is silent",
      { controllers: ["N", "-"], brokers: ["q"] },
      "WAIT",
      /for c1:/,
    ],
    ["the only controller lost its disk", { controllers: [], brokers: ["q", "q"] }, "REFUSE", /on b0, b1\./],
    [
      "another volume of this server was used",
      { own: "D", controllers: [] },
      "REFUSE",
      /another volume of this server/,
    ],
    ["3.9: all disks are empty", { voters: "fixed" }, "FOUND", /founding it/],
    ["3.9: the first voters have begun to vote", { voters: "fixed", controllers: ["V", "N"] }, "FOUND", /founding it/],
    ["3.9: two of three are blank", { voters: "fixed", controllers: ["N", "Q"] }, "REFUSE", /only c1 of 3 controllers/],
    [
      "3.9: the others follow a leader",
      { voters: "fixed", controllers: ["Q", "Q"] },
      "JOIN",
      /most controllers follow/,
    ],
    [
      "3.9: the others have no leader",
      { voters: "fixed", controllers: ["q", "q"] },
      "WAIT",
      /a leader that most controllers follow/,
    ],
    ["3.9: one of the others lags", { voters: "fixed", controllers: ["q", "Q"] }, "WAIT", /a leader that most/],
    ["3.9: one of the others is silent", { voters: "fixed", controllers: ["-", "Q"] }, "WAIT", /waiting for c0: most/],
  ];
  for (const [name, change, action, text] of cases) {
    it(`when ${name}: ${action}`, async () => {
      const [decision] = await decisions.decide({ ...BLANK, ...change });
      assert.equal(decision?.action, action);
      assert.match(decision.text, text);
    });
  }

  it("keeps its rules in every situation of up to three controllers and two brokers", async () => {
    const situations: Situation[] = [];
    for (const voters of ["fixed", "dynamic"] as const)
      for (const pods of ["dedicated", "combined"] as const)
        for (const ordinal of [0, 1])
          for (const own of ["N", "D"] as const)
            for (const controllers of [0, 1, 2].flatMap((count) => lists(count)))
              for (const brokers of [0, 1, 2].flatMap((count) => lists(count, ["N", "V", "D", "q", "-"])))
                situations.push({ ordinal, voters, pods, own, controllers, brokers });
    const made = await decisions.decide(...situations);
    for (const [index, decision] of made.entries()) {
      const now = situations[index];
      assert.ok(now);
      assert.deepEqual(broken(now, decision), [], `${JSON.stringify(now)} → ${JSON.stringify(decision)}`);
    }
    assert.deepEqual([...new Set(made.map(({ action }) => action))].sort(), ["FOUND", "JOIN", "REFUSE", "WAIT"]);
  });

  it("keeps its rules with more of them", async () => {
    const word = fc.constantFrom(...WORDS);
    const situation = fc.record({
      ordinal: fc.nat(6),
      voters: fc.constantFrom("fixed" as const, "dynamic" as const),
      pods: fc.constantFrom("dedicated" as const, "combined" as const),
      own: fc.constantFrom("N" as const, "D" as const),
      controllers: fc.array(word, { maxLength: 6 }),
      brokers: fc.array(word, { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(situation, async (now) => {
        const [decision] = await decisions.decide(now);
        assert.ok(decision);
        assert.deepEqual(broken(now, decision), []);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

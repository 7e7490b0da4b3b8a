import assert from "node:assert/strict";
import fc from "fast-check";
import { decide, type ExchangeState, type ServerWord } from "../../src/certificates/decide.js";

const NOW = new Date("2026-01-01T00:00:00Z");
const WAIT_MS = 60_000;
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const step = (state: ExchangeState, wanted: number, words: readonly ServerWord[] = []) =>
  decide(state, wanted, WAIT_MS, words, NOW);

const steady: ExchangeState = { generation: 1, signing: "one" };
const announced = (out?: Date): ExchangeState => ({
  ...steady,
  next: { generation: 2, fingerprint: "two", out },
});
const issued = (out?: Date): ExchangeState => ({
  generation: 2,
  signing: "two",
  previous: { fingerprint: "one", out },
});
const word = (server: string, trusts: string, issuers: string): ServerWord => ({
  server,
  trusts: trusts.split(" "),
  issuers: issuers === "" ? [] : issuers.split(" "),
});
const silent: ServerWord = { server: "broker-1", silent: "connect ECONNREFUSED" };

describe("The next step of an exchange of the authority", () => {
  for (const [what, [state, wanted, words], expected] of [
    ["nothing where the wanted one signs", [steady, 1, []], { do: "nothing" }],
    ["another authority, where one is wanted", [steady, 2, []], { do: "announce" }],
    ["another one where several are skipped", [steady, 7, []], { do: "announce" }],
    ["a note that Secrets have it", [announced(), 2, []], { do: "date" }],
    ["certificates, where all trust it", [announced(ago(WAIT_MS)), 2, [word("a", "one two", "one")]], { do: "issue" }],
    ["certificates, where there is no server", [announced(ago(WAIT_MS)), 2, []], { do: "issue" }],
    ["a note that Secrets have certificates of it", [issued(), 2, []], { do: "date" }],
    ["the end, where all show it", [issued(ago(WAIT_MS)), 2, [word("a", "one two", "two")]], { do: "retire" }],
    ["first the end of an earlier exchange", [issued(ago(WAIT_MS)), 3, []], { do: "retire" }],
    ["first the certificates of an earlier one", [announced(ago(WAIT_MS)), 3, []], { do: "issue" }],
  ] as const) {
    it(`is ${what}`, () => {
      assert.deepEqual(step(state, wanted, words), expected);
    });
  }

  for (const [what, [state, words], reason] of [
    ["that a server trusts it", [announced(ago(WAIT_MS)), [word("a", "one", "one")]], /^a does not trust the new/],
    ["a server that is silent", [announced(ago(WAIT_MS)), [silent]], /^broker-1 does not say .*ECONNREFUSED/],
    ["a server that is silent, at the end too", [issued(ago(WAIT_MS)), [silent]], /^broker-1 does not say/],
    ["clients to trust it", [announced(ago(WAIT_MS - 1)), []], /^clients have until 2026-01-01T00:00:00.001Z/],
    ["clients to change certificates", [issued(ago(WAIT_MS - 1)), []], /^clients have until/],
    ["the last connection", [issued(ago(WAIT_MS)), [word("a", "one two", "two one")]], /^a still shows/],
    ["a server without a certificate yet", [issued(ago(WAIT_MS)), [word("a", "one two", "")]], /^a still shows/],
  ] as const) {
    it(`waits for ${what}, and says so`, () => {
      const found = step(state, 2, words);
      assert.equal(found.do, "wait");
      assert.match(found.reason, reason);
    });
  }

  it("cannot come before clients had their time, so that nobody waits for servers until then", () => {
    const found = step(announced(ago(WAIT_MS - 1)), 2, [silent]);
    assert.ok(found.do === "wait");
    assert.match(found.reason, /^broker-1 does not say/);
    assert.deepEqual(found.until, new Date(NOW.getTime() + 1));
    assert.equal("until" in step(announced(ago(WAIT_MS)), 2, [silent]), false);
  });

  it("is refused towards an earlier authority, whose key is gone, and says what to write", () => {
    for (const state of [announced(ago(WAIT_MS)), issued(ago(WAIT_MS)), { generation: 2, signing: "two" }]) {
      const found = step(state, 1);
      assert.ok(found.do === "refuse");
      assert.match(
        found.reason,
        /^listeners\.internal\.authority is 1, and authority 2 exists already: .*to 2, or to 3/,
      );
    }
  });
});

/** Files that a server or a client uses, or that are in its Secret. */
interface Files {
  readonly trusts: readonly string[];
  readonly issuer: string;
}

/** A cluster as the steps see it: Secrets, and who took which of their files. */
class Model {
  state: ExchangeState = { generation: 1, signing: "1" };
  wanted = 1;
  now = 0;
  readonly secrets = new Map<string, Files & { readonly at: number }>();
  readonly uses = new Map<string, Files>();
  readonly down = new Set<string>();

  constructor(
    readonly servers: readonly string[],
    readonly clients: readonly string[],
  ) {
    this.reconcile(Infinity);
    for (const name of this.all) this.take(name);
  }

  get all(): readonly string[] {
    return [...this.servers, ...this.clients];
  }

  /** What a Job does until it is killed, after so many writes. */
  round(writes: number): string {
    const left = this.reconcile(writes);
    if (left <= 0) return "killed";
    const words = this.servers.map((server): ServerWord => {
      const used = this.uses.get(server);
      if (this.down.has(server) || !used) return { server, silent: "it is down" };
      return { server, trusts: used.trusts, issuers: [used.issuer] };
    });
    const found = decide(this.state, this.wanted, WAIT_MS, words, new Date(this.now));
    const { generation, signing, next, previous } = this.state;
    const out = new Date(this.now);
    if (found.do === "announce")
      this.state = { generation, signing, next: { generation: this.wanted, fingerprint: String(this.wanted) } };
    else if (found.do === "date" && next) this.state = { generation, signing, next: { ...next, out } };
    else if (found.do === "date" && previous) this.state = { generation, signing, previous: { ...previous, out } };
    else if (found.do === "issue" && next)
      this.state = { generation: next.generation, signing: next.fingerprint, previous: { fingerprint: signing } };
    else if (found.do === "retire") this.state = { generation, signing };
    return found.do;
  }

  take(name: string): void {
    const files = this.secrets.get(name);
    if (files) this.uses.set(name, files);
  }

  /** Clients take their files in the time that they have. */
  pass(ms: number): void {
    this.now += ms;
    for (const client of this.clients) {
      const { at = 0 } = this.secrets.get(client) ?? {};
      if (this.now - at >= WAIT_MS) this.take(client);
    }
  }

  check(): void {
    for (const [who, { issuer }] of this.uses) {
      for (const [other, { trusts }] of this.uses) {
        const connect = who !== other && (this.servers.includes(who) || this.servers.includes(other));
        if (connect && !trusts.includes(issuer))
          assert.fail(`${other} trusts ${trusts.join()}, and ${who} is of ${issuer}`);
      }
    }
  }

  private reconcile(writes: number): number {
    const { signing, next, previous } = this.state;
    const trusts = [signing, next?.fingerprint, previous?.fingerprint].filter((one) => one !== undefined);
    let left = writes;
    for (const name of this.all) {
      const before = this.secrets.get(name);
      if (before?.issuer === signing && before.trusts.join() === trusts.join()) continue;
      if (left-- <= 0) return 0;
      this.secrets.set(name, { trusts, issuer: signing, at: this.now });
    }
    return left;
  }
}

const SERVERS = ["broker-0", "broker-1", "broker-2"];
const CLIENTS = ["kproducer", "orders"];

const event = fc.oneof(
  fc.record({ round: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 6 })) }),
  fc.record({ take: fc.constantFrom(...SERVERS, ...CLIENTS) }),
  fc.record({ pass: fc.integer({ min: 1, max: WAIT_MS }) }),
  fc.record({ down: fc.constantFrom(...SERVERS) }),
  fc.record({ up: fc.constantFrom(...SERVERS) }),
  fc.record({ raise: fc.integer({ min: 1, max: 2 }) }),
);

function happen(model: Model, one: typeof event extends fc.Arbitrary<infer Event> ? Event : never): void {
  if ("round" in one) model.round(one.round);
  else if ("take" in one) {
    if (!model.down.has(one.take)) model.take(one.take);
  } else if ("pass" in one) model.pass(one.pass);
  else if ("raise" in one) model.wanted += one.raise;
  else if ("down" in one) {
    model.down.add(one.down);
    // A client that was served by its old files has no use for them meanwhile, but a connection to others may still begin.
  } else {
    // A server that starts has the files of its time.
    model.down.delete(one.up);
    model.take(one.up);
  }
}

describe("An exchange of the authority", () => {
  const untilTheEnd = (model: Model) => {
    for (const server of SERVERS) model.down.delete(server);
    for (let rounds = 0; rounds < 40; rounds++) {
      for (const name of model.all) model.take(name);
      model.pass(WAIT_MS);
      if (model.round(Infinity) === "nothing") return;
      model.check();
    }
    assert.fail(`it has not ended: ${JSON.stringify(model.state)}`);
  };

  it("leaves nobody with a certificate that another does not trust, whatever happens when, and ends", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 80, size: "max" }), (events) => {
        const model = new Model(SERVERS, CLIENTS);
        for (const one of events) {
          happen(model, one);
          model.check();
        }
        untilTheEnd(model);
        assert.deepEqual(model.state, { generation: model.wanted, signing: String(model.wanted) });
      }),
      { numRuns: 500 },
    );
  });
});

import fc from "fast-check";
import assert from "node:assert/strict";
import type { Evidence, FoundVolume, Started } from "../components/stack/evidence";
import { immutableSettingsOf, type ImmutableSettings } from "./immutable-settings";
import { hasData, judge } from "./judge";
import { parseConfig } from "./parse";

type Config = Record<string, unknown>;

function settingsOf(config: Config, id = "A".repeat(22)): ImmutableSettings {
  const result = parseConfig(config);
  assert.ok(result.ok, JSON.stringify(result));
  return JSON.parse(JSON.stringify(immutableSettingsOf(result.config, id))) as ImmutableSettings;
}

const nfs = (...servers: string[]): Config => ({
  replicas: servers.length,
  storage: { type: "nfs", servers: servers.map((server) => ({ server, path: "/kafka" })) },
});
const byClass = (more: Config = {}): Config => ({ storage: { type: "storageClass", ...more } });

const on = (place: string, ordinal: number, started: Started = "yes", pool = "broker"): FoundVolume => ({
  pool,
  ordinal,
  volume: 0,
  claim: `data-0-${pool}-${ordinal}`,
  type: place.includes(":") ? "nfs" : "hostPath",
  place,
  started,
});
const claim = (more: Partial<FoundVolume> = {}): FoundVolume => ({
  pool: "broker",
  ordinal: 0,
  volume: 0,
  claim: "data-0-broker-0",
  type: "storageClass",
  className: "standard",
  accessMode: "ReadWriteOnce",
  size: { asked: "10Gi", given: "10Gi" },
  started: "yes",
  ...more,
});
const found = (...volumes: FoundVolume[]): Evidence => ({ reached: undefined, volumes });
const authority = (number: number) => ({
  replicas: 3,
  listeners: { internal: { authentication: "tls", authority: number } },
});
const CLOSED = { replicas: 3, listeners: { internal: { authentication: "tls" } } };
const HOST_PATHS = [0, 1, 2].map((ordinal) => on(`/data/kafka/broker/${ordinal}`, ordinal));
const reachedBy = (config: Config, ...volumes: FoundVolume[]): Evidence => ({ reached: settingsOf(config), volumes });

/** A closed stack that runs, and was reached with these settings. */
const closedWith = (config: Config): Evidence => ({
  ...reachedBy({ ...CLOSED, ...config }, ...HOST_PATHS),
  servers: { controllers: 3, brokers: 3, authentication: "tls" },
});

interface Case {
  readonly what: string;
  readonly evidence: Evidence;
  readonly agreed?: Config;
  readonly wanted: Config;
  /** How the refusals begin; empty when the change is allowed. */
  readonly says?: readonly string[];
  /** Claims that are deleted. */
  readonly unusedVolumes?: readonly string[];
}

const CASES: readonly Case[] = [
  { what: "nothing exists: anything", evidence: found(), agreed: byClass(), wanted: { mode: "zookeeper" } },
  {
    what: "running servers whose first up never ended",
    evidence: found(...HOST_PATHS),
    agreed: {},
    wanted: byClass(),
    says: ["storage.type cannot change from hostPath to storageClass"],
  },
  {
    what: "a stack to come back as one server of several",
    evidence: found(claim(), claim({ ordinal: 1, claim: "data-0-broker-1" })),
    wanted: { ...byClass(), replicas: 1 },
    says: ["replicas cannot be 1 while the stack comes back: data-0-broker-1 of servers that it had"],
  },
  {
    what: "a stack to come back as its only server",
    evidence: found(claim()),
    wanted: { ...byClass(), replicas: 1 },
  },
  {
    what: "running servers to be scaled in to one",
    evidence: {
      ...found(claim(), claim({ ordinal: 1, claim: "data-0-broker-1" })),
      servers: { controllers: 1, brokers: 2 },
    },
    wanted: { ...byClass(), replicas: 1 },
  },
  {
    what: "a lost state without a record",
    evidence: found(...HOST_PATHS),
    wanted: { mode: "zookeeper", controllers: {} },
    says: ["mode cannot change from kraft to zookeeper"],
  },
  {
    what: "a lost state, with volumes of controllers",
    evidence: found(...HOST_PATHS, on("/data/kafka/controller/0", 0, "yes", "controller")),
    wanted: {},
    says: ["controllers.dedicated cannot change from true to false"],
  },
  {
    what: "a reached stack without claims",
    evidence: reachedBy({}),
    wanted: { storage: { path: "/disk/{ordinal}" } },
    says: ["storage: the place of volume 0 of server 0 cannot change"],
  },
  {
    what: "another place for a server that never started there",
    evidence: found(on("a:/kafka", 0), on("typo:/kafka", 1, "no")),
    agreed: nfs("a", "typo"),
    wanted: nfs("a", "b"),
    unusedVolumes: ["data-0-broker-1"],
  },
  {
    what: "another place for a server that may have started",
    evidence: found(on("a:/kafka", 0), on("typo:/kafka", 1, "unknown")),
    agreed: nfs("a", "typo"),
    wanted: nfs("a", "b"),
    says: ["storage: the place of volume 0 of server 1 cannot change from typo:/kafka to b:/kafka"],
  },
  {
    what: "another place for a server whose pod was recreated since the stack was reached",
    evidence: reachedBy(nfs("a", "b"), on("a:/kafka", 0), on("b:/kafka", 1, "no")),
    wanted: nfs("a", "c"),
    says: ["storage: the place of volume 0 of server 1 cannot change from b:/kafka to c:/kafka"],
  },
  {
    what: "TLS on a stack that runs open",
    evidence: { ...reachedBy({ replicas: 3 }, ...HOST_PATHS), servers: { controllers: 3, brokers: 3 } },
    wanted: CLOSED,
    says: ["listeners.internal.authentication cannot change from none to tls"],
  },
  {
    what: "no TLS on a stack that runs closed, with state and record lost",
    evidence: { ...found(...HOST_PATHS), servers: { controllers: 3, brokers: 3, authentication: "tls" } },
    wanted: { replicas: 3 },
    says: ["listeners.internal.authentication cannot change from tls to none"],
  },
  {
    what: "unchanged TLS",
    evidence: { ...found(...HOST_PATHS), servers: { controllers: 3, brokers: 3, authentication: "tls" } },
    wanted: CLOSED,
  },
  {
    what: "another authority",
    evidence: closedWith({}),
    wanted: authority(2),
  },
  {
    what: "an earlier authority",
    evidence: closedWith(authority(3)),
    agreed: authority(3),
    wanted: authority(2),
    says: ["listeners.internal.authority cannot change from 3 to 2"],
  },
  {
    what: "another authority that was never reached, reverted",
    evidence: closedWith({}),
    agreed: authority(2),
    wanted: CLOSED,
  },
  {
    what: "TLS when no server runs",
    evidence: reachedBy({ replicas: 3 }, ...HOST_PATHS),
    wanted: CLOSED,
  },
  {
    what: "the number of controllers, refused by a Job and reverted",
    evidence: { ...reachedBy({ replicas: 3 }, ...HOST_PATHS), servers: { controllers: 3, brokers: 3 } },
    agreed: { replicas: 2 },
    wanted: { replicas: 3 },
  },
  {
    what: "the number of controllers, refused by a Job and reverted, recorded by an older version",
    evidence: { ...reachedBy({ replicas: 2 }, ...HOST_PATHS), servers: { controllers: 3, brokers: 3 } },
    wanted: { replicas: 3 },
  },
  {
    what: "more controllers than there were, with plain brokers in their places",
    evidence: { ...reachedBy({ replicas: 2 }, ...HOST_PATHS), servers: { controllers: 1, brokers: 2 } },
    agreed: { replicas: 2 },
    wanted: { replicas: 3 },
    says: ["controllers.replicas cannot change from 1 to 3"],
  },
  {
    what: "a growth that the class refused, reverted",
    evidence: reachedBy(byClass(), claim()),
    agreed: byClass({ size: "20Gi" }),
    wanted: byClass({ size: "10Gi" }),
  },
  {
    what: "a growth under way, reverted",
    evidence: reachedBy(byClass(), claim({ size: { asked: "20Gi", given: "10Gi" } })),
    agreed: byClass({ size: "20Gi" }),
    wanted: byClass({ size: "10Gi" }),
  },
  {
    what: "a size that the class exceeded",
    evidence: reachedBy(byClass({ size: "1500Mi" }), claim({ size: { asked: "1500Mi", given: "2Gi" } })),
    wanted: byClass({ size: "1500Mi" }),
  },
  {
    what: "a size that one of the claims already has",
    evidence: reachedBy(byClass(), claim(), claim({ ordinal: 1, size: { asked: "20Gi", given: "20Gi" } })),
    wanted: byClass({ size: "10Gi" }),
    says: ["storage.size cannot change from 20Gi to 10Gi"],
  },
  {
    what: "a class without any bound claim",
    evidence: found(claim({ className: "fats", started: "no" })),
    agreed: byClass({ className: "fats" }),
    wanted: byClass({ className: "fast" }),
  },
  {
    what: "the class of bound claims, with the state lost",
    evidence: found(claim()),
    wanted: byClass({ className: "fast" }),
    says: ["storage.className cannot change from standard to fast"],
  },
  { what: "claims of a class, when the config leaves it to the cluster", evidence: found(claim()), wanted: byClass() },
  {
    what: "fewer volumes, when the second was only begun",
    evidence: reachedBy({}, ...HOST_PATHS, { ...on("/data/kafka/broker/0-1", 0, "no"), volume: 1 }),
    agreed: { storage: { volumes: 2 } },
    wanted: {},
  },
  {
    what: "fewer volumes",
    evidence: reachedBy({}, ...HOST_PATHS, { ...on("/data/kafka/broker/0-1", 0), volume: 1 }),
    wanted: {},
    says: ["storage.volumes cannot change from 2 to 1"],
  },
  {
    what: "another spelling of the same place",
    evidence: reachedBy(nfs("nas"), on("nas:/kafka", 0)),
    wanted: { replicas: 1, storage: { type: "nfs", servers: [{ server: "NAS", path: "//kafka/" }] } },
  },
  {
    what: "the existing spelling of a volume that an older version spelled like the config",
    evidence: reachedBy(nfs("NAS"), on("NAS:/kafka", 0)),
    wanted: nfs("NAS"),
  },
  {
    what: "the canonical spelling of a volume that an older version spelled otherwise",
    evidence: reachedBy(nfs("NAS"), on("NAS:/kafka", 0)),
    wanted: nfs("nas"),
    says: ["storage: the place of volume 0 of server 0 is written nas:/kafka; write it NAS:/kafka"],
  },
  {
    what: "a corrected spelling that does not match the volume",
    evidence: found(on("typo:/kafka", 0, "no")),
    wanted: nfs("NAS"),
    says: ["storage: the place of volume 0 of server 0 is written NAS:/kafka; write it nas:/kafka"],
    unusedVolumes: ["data-0-broker-0"],
  },
];

describe("the judgement of a stack's immutable settings", () => {
  for (const { what, evidence, agreed, wanted, says = [], unusedVolumes = [] } of CASES) {
    it(`${says.length > 0 ? "refuses" : "allows"} ${what}`, () => {
      const verdict = judge(evidence, agreed && settingsOf(agreed), settingsOf(wanted));
      assert.equal(verdict.refusals.length, says.length, verdict.refusals.join("\n"));
      for (const [index, start] of says.entries()) {
        assert.ok(verdict.refusals[index]?.startsWith(start), verdict.refusals[index]);
      }
      assert.deepEqual(
        verdict.unusedVolumes.map((one) => one.claim),
        unusedVolumes,
      );
    });
  }

  it("assumes that a volume has data, unless it is certain that it has none", () => {
    assert.equal(hasData(found()), false);
    assert.equal(hasData(found(on("a:/kafka", 0, "no"))), false);
    assert.equal(hasData(found(on("a:/kafka", 0, "unknown"))), true);
    assert.equal(hasData(reachedBy({})), true);
  });

  /** An NFS export with its own directory for each server. */
  const exported = (servers: readonly string[]): Config => ({
    replicas: servers.length,
    storage: { type: "nfs", servers: servers.map((server, index) => ({ server, path: `/${index}` })) },
  });
  const server = fc.constantFrom("a", "b", "c", "A", "B");
  const started = fc.constantFrom<Started>("yes", "no", "unknown");
  const volumes = fc.array(fc.tuple(server, started), { minLength: 1, maxLength: 5 });
  const evidence = volumes.map((list) =>
    found(...list.map(([name, when], index) => on(`${name}:/${index}`, index, when))),
  );
  const wanted = fc.array(server, { minLength: 1, maxLength: 5 });
  const agreed = fc.option(wanted, { nil: undefined });

  it("never deletes a volume that may have data, and never allows another place for one", () => {
    fc.assert(
      fc.property(evidence, agreed, wanted, (there, before, after) => {
        const verdict = judge(there, before && settingsOf(exported(before)), settingsOf(exported(after)));
        for (const one of verdict.unusedVolumes) assert.equal(one.started, "no");
        if (verdict.refusals.length > 0) return;
        for (const { ordinal, place, started: when } of there.volumes) {
          const now = after[ordinal];
          if (when !== "no" && now !== undefined)
            assert.equal(`${now}:/${ordinal}`.toLowerCase(), place?.toLowerCase());
        }
      }),
    );
  });

  it("relies on what exists, and not on agreed settings that were never reached", () => {
    fc.assert(
      fc.property(evidence, wanted, wanted, (there, before, after) => {
        const lower = after.map((one) => one.toLowerCase());
        const [one, other] = [settingsOf(exported(before)), settingsOf(exported(lower))];
        assert.deepEqual(judge(there, one, other), judge(there, other, other));
      }),
    );
  });

  it("allows what already exists, whatever was agreed since", () => {
    fc.assert(
      fc.property(wanted, started, agreed, (servers, when, before) => {
        const lower = servers.map((one) => one.toLowerCase());
        const there = found(...lower.map((name, index) => on(`${name}:/${index}`, index, when)));
        const verdict = judge(there, before && settingsOf(exported(before)), settingsOf(exported(lower)));
        assert.deepEqual(verdict, { refusals: [], unusedVolumes: [] });
      }),
    );
  });
});

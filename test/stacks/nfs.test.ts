import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { nfsStart, nfsStop, nfsUp } from "../../sandbox/nfs/commands";
import { up } from "../support/stack";
import { ensureTopic, identities, killAndReturn } from "../faults/brokers";
import { fault } from "../faults/fault";
import { killedUpOf } from "../faults/killed-up";
import { life } from "./life";

type Server = Awaited<ReturnType<typeof nfsUp>>[number];

/** One NFS server for each server of the stack; brokers first. */
function exportsOf(brokers: readonly Server[], ensemble: readonly Server[]): string[] {
  const entries = (key: string, servers: readonly Server[]) =>
    servers.flatMap(({ server, path }, index) => [
      `${key}[${index}].server=${server}`,
      `${key}[${index}].path=${path}`,
    ]);
  return [...entries("storage.servers", brokers), ...entries("zookeeper.storage.servers", ensemble)];
}

const SERVERS = 7;
let servers: readonly Server[] = [];

life(
  {
    stack: "nfs",
    set: async () => {
      servers = await nfsUp(SERVERS);
      return [...exportsOf(servers.slice(0, 3), servers.slice(3, 6)), "kafka.external.enabled=true"];
    },
    servers: { broker: 3, zookeeper: 3 },
    room: { partitions: 12, replicationFactor: 3 },
  },
  (settings) => {
    it("takes a new server and a fourth broker in one change", async () => {
      const before = await identities();
      const [a, b, c, d, e, f, added] = servers;
      assert.ok(a && b && c && d && e && f && added);
      await up("nfs", ...settings, ...exportsOf([a, b, c, added], [d, e, f]), "replicas=4");
      const after = await identities();
      assert.ok(after.has("broker-3"));
      for (const [pod, uid] of before) assert.equal(after.get(pod), uid, pod);
      await up("nfs", ...settings);
    });

    it("accepts another export for a server that never started on a mistyped one, and none for the others", async () => {
      const [a, b, c, d, e, f, added] = servers;
      assert.ok(a && b && c && d && e && f && added);
      const before = await identities();
      const four = (...brokers: Server[]) => [...settings, ...exportsOf(brokers, [d, e, f]), "replicas=4"];
      const typo = { ...added, path: `${added.path}-typo` };
      await killedUpOf("nfs", four(a, b, c, typo), /broker-3 ContainerCreating/);
      await assert.rejects(
        up("nfs", ...four(a, b, typo, added)),
        /storage: the place of volume 0 of server 2 cannot change/,
      );
      await up("nfs", ...four(a, b, c, added));
      const after = await identities();
      assert.ok(after.has("broker-3"));
      for (const [pod, uid] of before) assert.equal(after.get(pod), uid, pod);
      await up("nfs", ...settings);
    });

    it("has a topic for what follows", ensureTopic);

    fault("an NFS server is restarted under load", async () => {
      await nfsStop(1);
      await nfsStart(1);
    });

    fault("an NFS server is gone for half a minute", async (load) => {
      await nfsStop(2);
      // The other brokers continue once the one without its disk has lost its leaderships.
      await delay(30_000);
      await nfsStart(2);
      await load.acknowledges(10);
    });

    fault("a broker on NFS is killed, and its locks are stale", () => killAndReturn("broker-0"));
  },
);

import { type Access, aclsOf } from "./access";
import type { RightSpec } from "./user";

/**
 * Rights of the stack's own clients: each program has no more than it needs, and the administrators' certificate nearly all.
 *
 * @param rooms topics of the chat
 * @param page whether the exporter of lag shows the cluster on a page: its quorum, its moves and what is cordoned
 */
export function ownAccess(rooms: readonly string[], page = false): Access[] {
  const inRooms = (...allow: RightSpec["allow"]) => rooms.map((topic): RightSpec => ({ topic, allow }));
  const rights: Readonly<Record<string, readonly RightSpec[]>> = {
    "kafka-kproducer": inRooms("produce"),
    "kafka-kconsumer": inRooms("consume"),
    // In an earlier version both programs had this certificate. Old pods use it until they are replaced.
    "kafka-chat": inRooms("produce", "consume"),
    "kafka-lag-exporter": [
      { topic: "*", group: "*", allow: ["describe"] },
      ...(page ? [{ cluster: true, allow: ["describe", "describeConfigs"] } as const] : []),
    ],
    // Everything except what only servers may.
    "kafka-client": [{ topic: "*", group: "*", transactionalId: "*", cluster: true, allow: ["all"] }],
  };
  return Object.entries(rights).map(([name, all]) => ({ name, acls: aclsOf(all), quotas: {} }));
}

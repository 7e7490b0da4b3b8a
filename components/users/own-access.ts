import { type Access, aclsOf } from "./access";
import type { RightSpec } from "./user";

/**
 * What the stack's own programs may do that are no servers, each no more than it needs, and whoever has the administrators' certificate.
 *
 * @param rooms topics of the chat
 */
export function ownAccess(rooms: readonly string[]): Access[] {
  const inRooms = (...allow: RightSpec["allow"]) => rooms.map((topic): RightSpec => ({ topic, allow }));
  const rights: Readonly<Record<string, readonly RightSpec[]>> = {
    "kafka-kproducer": inRooms("produce"),
    "kafka-kconsumer": inRooms("consume"),
    // Both had this one's certificate in a version before, and have it until their pods are of this version.
    "kafka-chat": inRooms("produce", "consume"),
    "kafka-lag-exporter": [{ topic: "*", group: "*", allow: ["describe"] }],
    // All but to be a server.
    "kafka-client": [{ topic: "*", group: "*", transactionalId: "*", cluster: true, allow: ["all"] }],
  };
  return Object.entries(rights).map(([name, all]) => ({ name, acls: aclsOf(all), quotas: {} }));
}

import { createHash } from "node:crypto";

/**
 * A Kafka cluster id that stays the same for a stack, so that a stack which is destroyed and brought up again finds its data.
 *
 * @returns 22 characters of base64url: 16 bytes, as `kafka-storage.sh random-uuid` makes them.
 */
export function clusterId(project: string, stack: string, namespace: string): string {
  const id = createHash("sha256")
    .update(["kafka-stack", project, stack, namespace].join("\0"))
    .digest()
    .subarray(0, 16);
  return id.toString("base64url");
}

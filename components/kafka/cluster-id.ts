import { createHash } from "node:crypto";

/**
 * A Kafka cluster id that is constant for a stack, so that a stack that is destroyed and brought up again recognises its data.
 *
 * @returns 22 characters of base64url: 16 bytes, in the form of `kafka-storage.sh random-uuid`.
 */
export function clusterId(project: string, stack: string, namespace: string): string {
  const id = createHash("sha256")
    .update(["kafka-stack", project, stack, namespace].join("\0"))
    .digest()
    .subarray(0, 16);
  return id.toString("base64url");
}

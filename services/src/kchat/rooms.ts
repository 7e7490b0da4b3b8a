import { compatibilityPartitioner } from "@platformatic/kafka";
import { HttpError } from "./http-error.js";

/**
 * Checks that `name` is one of the configured rooms.
 *
 * @throws {@link HttpError} 404 for any other topic, whether it exists or not.
 */
export function requireRoom(rooms: readonly string[], name: string): string {
  if (rooms.includes(name)) return name;
  throw new HttpError(404, "unknown_room", `There is no such room; the rooms are: ${rooms.join(", ")}.`);
}

/** The partition that a room's messages go to, of a topic with so many: where Kafka's own partitioner puts records with the room's name as key. */
export function partitionOf(room: string, partitions: number): number {
  return compatibilityPartitioner({ topic: room }, Buffer.from(room)) % partitions;
}

import { compatibilityPartitioner } from "@platformatic/kafka";
import { HttpError } from "./http-error.js";

/**
 * Checks that `name` is a configured room.
 *
 * @throws {@link HttpError} 404 for any other topic, whether it exists or not.
 */
export function requireRoom(rooms: readonly string[], name: string): string {
  if (rooms.includes(name)) return name;
  throw new HttpError(404, "unknown_room", `There is no such room; the rooms are: ${rooms.join(", ")}.`);
}

/** The partition of a room's messages in a topic with this many: the one that Kafka's own partitioner chooses with the room's name as key. */
export function partitionOf(room: string, partitions: number): number {
  return compatibilityPartitioner({ topic: room }, Buffer.from(room)) % partitions;
}

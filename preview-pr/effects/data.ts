import type { ResourceChange } from "../changes";
import { distinct, type Effect, objectChanges } from "./effect";
import { desiredEffects } from "./desired";
import { placeEffects } from "./places";
import { serverEffects } from "./servers";
import { settingsEffects } from "./settings";
import { volumeEffects } from "./volumes";

/** What a change does to the stack's data: volumes, claims, records. Empty when it cannot touch data. */
export function dataTouched(changes: readonly ResourceChange[]): Effect[] {
  const objects = objectChanges(changes);
  return distinct([
    ...changes.flatMap(placeEffects),
    ...objects.flatMap(volumeEffects),
    ...objects.flatMap(serverEffects),
    ...objects.flatMap(desiredEffects),
    ...objects.flatMap(settingsEffects),
  ]);
}

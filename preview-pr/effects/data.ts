import type { ResourceChange } from "../changes";
import { distinct, type Effect, objectChanges } from "./effect";
import { desiredEffects } from "./desired";
import { placeEffects } from "./places";
import { serverEffects } from "./servers";
import { settingsEffects } from "./settings";
import { volumeEffects } from "./volumes";

/** What a change touches of what the stack keeps: volumes, claims, records. Empty when no data can be concerned. */
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

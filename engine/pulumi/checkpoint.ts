/** The state of a stack as the Pulumi CLI writes it. */
import * as fs from "node:fs";
import type { PropertyMap } from "../values";

/** One resource. Secrets are encrypted. */
export interface KeptResource {
  readonly urn: string;
  readonly type: string;
  /** Whether a provider manages it. @default false */
  readonly custom?: boolean;
  /** The provider's id; absent for components, and while it is being created. */
  readonly id?: string;
  /** The provider's reference, `urn::id`. */
  readonly provider?: string;
  readonly inputs?: PropertyMap;
  readonly outputs?: PropertyMap;
  /** Another resource with the same URN replaced it; the next run deletes it. */
  readonly delete?: boolean;
}

/** What a run had begun and not ended when it was killed. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: KeptResource;
}

/** The newest state. */
export interface Kept {
  readonly resources?: readonly KeptResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** Reads a stack's file; `undefined` when it has no state yet. */
export function readCheckpoint(file: string): Kept | undefined {
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as { checkpoint?: { latest?: Kept | null } };
  return checkpoint?.latest ?? undefined;
}

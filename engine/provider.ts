/** The interface between the engine and providers. */
import type { Change, Path } from "./paths";
import type { ResourceState } from "./state";
import type { PropertyMap } from "./values";

/** The resource that an operation is about. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** One creation, update or deletion. */
export interface Operation extends Subject {
  /** The inputs after `check`; for a deletion, the last ones. */
  readonly inputs: PropertyMap;
  /** The previous state; absent for a creation. */
  readonly old?: ResourceState;
  /** Only predict the result. */
  readonly preview: boolean;
  /** The object may exist already, because an earlier run was killed while it created it. */
  readonly adopt: boolean;
  /** Paths that keep their value, whatever the inputs say. */
  readonly ignoreChanges: readonly string[];
  /** Call it right before the request that creates the resource. */
  readonly begin: () => void;
  /** The limit, in seconds; absent for the default. */
  readonly timeout?: number;
  /** Receives progress: what the operation waits for. */
  readonly note: (line: string) => void;
  /** Abort it to interrupt the run: waits end then. Absent when nothing can interrupt the run. */
  readonly signal?: AbortSignal | undefined;
}

/** A property that something else changed. */
export interface Drift {
  readonly path: Path;
  /** Who changed it, as far as the cluster knows. */
  readonly managers: readonly string[];
}

/** A live resource. */
export interface Refreshed {
  /** Inputs that would produce the live resource. */
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  /** Its differences from the last applied inputs. */
  readonly drift: readonly Drift[];
  /** Whether it is ready, and if not, why; absent when a refresh does not check this. */
  readonly readiness?: "ready" | { readonly notReady: string };
}

/** The differences between new and old inputs. */
export interface Difference {
  readonly changes: readonly Change[];
  /** Changes that need a replacement. */
  readonly replace: readonly Path[];
  /** Whether a replacement must delete the old resource first. */
  readonly deleteBeforeReplace: boolean;
}

/** The result of a creation or an update. */
export interface Made {
  /** The provider's id; empty in a preview, which does not know it yet. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** Manages resources of some types. The errors of all methods say what a person can do. */
export interface Provider {
  /** Completes and validates inputs. */
  check(subject: Subject, inputs: PropertyMap, old: ResourceState | undefined): Promise<PropertyMap>;
  /** Compares old and new inputs. */
  diff(subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference>;
  /** Creates the resource and waits until it is ready. @throws NotReady when it exists but is not ready */
  create(operation: Operation): Promise<Made>;
  /** Changes the resource in place and waits until it is ready. @throws NotReady when it is not */
  update(operation: Operation & { old: ResourceState }): Promise<PropertyMap>;
  /** Deletes the resource and waits until it is gone; one that is already gone is no error. */
  delete(operation: Operation & { old: ResourceState }): Promise<void>;
  /**
   * The live resource; `undefined` when it is gone. Absent when the provider cannot find out.
   *
   * @throws when the request fails: no answer does not mean that the resource is gone
   */
  refresh?(operation: Operation & { old: ResourceState }): Promise<Refreshed | undefined>;
  /** Reads the resource with this id. @throws when there is none */
  read(subject: Subject, id: string, inputs: PropertyMap): Promise<PropertyMap>;
}

/** The resource exists but did not become ready. */
export class NotReady extends Error {
  constructor(
    message: string,
    /** The resource as it exists. */
    readonly made: Made,
    /** Why the wait ended. */
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** A person interrupted the run during this wait. */
export class Interrupted extends Error {}

/** The message after an interruption: what was kept and how to continue. */
export const INTERRUPTED =
  "interrupted; finished steps are kept, and running ones go on in the cluster: run the same command again, or take the change back and run that";

/** The request was refused, so that nothing was created or deleted. */
export class Refused extends Error {}

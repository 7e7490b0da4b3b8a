/** What the engine asks of something that makes resources. */
import type { Change, Path } from "./paths";
import type { ResourceState } from "./state";
import type { PropertyMap } from "./values";

/** Which resource is worked on. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** One creation, update or deletion. */
export interface Operation extends Subject {
  /** The inputs after `check`; for a deletion the last ones. */
  readonly inputs: PropertyMap;
  /** What there was before; absent for a creation. */
  readonly old?: ResourceState;
  /** Only find out what would happen. */
  readonly preview: boolean;
  /** The object may exist already because an earlier run was killed while it made it. */
  readonly adopt: boolean;
  /** Paths that are left as they are, whatever the inputs say. */
  readonly ignoreChanges: readonly string[];
  /** To be called when the request that makes a resource is about to be sent. */
  readonly begin: () => void;
  /** How long it may take, in seconds; absent for the default. */
  readonly timeout?: number;
  /** Says what the operation waits for. */
  readonly note: (line: string) => void;
  /** Aborted when a person wants the run to end: waits end then. Absent when nothing can interrupt it. */
  readonly signal?: AbortSignal | undefined;
}

/** A property that something else has changed. */
export interface Drift {
  readonly path: Path;
  /** Who has, as far as the cluster knows. */
  readonly managers: readonly string[];
}

/** A resource as it is now. */
export interface Refreshed {
  /** The inputs that would have made it as it is. */
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  /** Where it is not as it was made. */
  readonly drift: readonly Drift[];
  /** Whether it is ready, else why not; absent where a refresh does not ask. */
  readonly readiness?: "ready" | { readonly notReady: string };
}

/** How new inputs differ from the old ones. */
export interface Difference {
  readonly changes: readonly Change[];
  /** Those of the changes that cannot be made in place. */
  readonly replace: readonly Path[];
  /** Whether a replacement must delete the old resource first. */
  readonly deleteBeforeReplace: boolean;
}

/** A resource that a provider made. */
export interface Made {
  /** The provider's id; empty in a preview, where it is not known yet. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** Manages resources of some types. Every method fails with a sentence that a person can act on. */
export interface Provider {
  /** Completes and validates inputs. */
  check(subject: Subject, inputs: PropertyMap, old: ResourceState | undefined): Promise<PropertyMap>;
  /** Compares. */
  diff(subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference>;
  /** Makes the resource and waits until it is ready. @throws NotReady when it exists but is not */
  create(operation: Operation): Promise<Made>;
  /** Changes the resource in place and waits until it is ready. @throws NotReady when it is not */
  update(operation: Operation & { old: ResourceState }): Promise<PropertyMap>;
  /** Deletes the resource and waits until it is gone; one that is gone already is no error. */
  delete(operation: Operation & { old: ResourceState }): Promise<void>;
  /**
   * What has become of the resource since the last run; `undefined` when it is gone. Absent for what cannot be asked.
   *
   * @throws when it cannot be found out: no answer does not mean that the resource is gone
   */
  refresh?(operation: Operation & { old: ResourceState }): Promise<Refreshed | undefined>;
  /** The resource with this id as it is now. @throws when there is none */
  read(subject: Subject, id: string, inputs: PropertyMap): Promise<PropertyMap>;
}

/** The resource exists but did not become ready. */
export class NotReady extends Error {
  constructor(
    message: string,
    /** What there is. */
    readonly made: Made,
    /** What ended the wait. */
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** A person wanted the run to end while this was waited for. */
export class Interrupted extends Error {}

/** The request was refused, so that certainly nothing was made or deleted. */
export class Refused extends Error {}

/** What the disk of a server has of the metadata. */
export interface Disk {
  /** What it knows of a quorum, as the server's health endpoint says it. */
  readonly knows: "nothing" | "vote" | "data" | "quorum";
  /** The last epoch that it has seen; 0 when there was none. */
  readonly epoch: number;
  /** Id of the directory; empty while it is not formatted. */
  readonly directory: string;
  /** Its copy of the metadata log; undefined when there is none, or nothing in it. */
  readonly copy?: Copy;
}

/** A copy of the metadata log. Brokers have one, too: they follow it. */
export interface Copy {
  /** Epoch of its last record. */
  readonly epoch: number;
  /** Offset behind its last record. */
  readonly end: number;
  /** When that was written, in milliseconds since 1970; 0 when nothing says so. */
  readonly written: number;
  /** Directory ids of the voters that it names last, by node id. */
  readonly voters: ReadonlyMap<number, string>;
}

/** A server of the stack. */
export interface Server {
  /** Name of its pod. */
  readonly name: string;
  /** Its node id. */
  readonly id: number;
  readonly controller: boolean;
  /** What its disk has, or why it does not say so. */
  readonly disk: Disk | string;
}

/** All servers of a stack. */
export interface Surveyed {
  readonly servers: readonly Server[];
  /** Whether directories of controllers are derived, as with Kafka 3. */
  readonly fixed: boolean;
}

/**
 * Reads what `quorum-recovery.sh survey` prints.
 *
 * @throws when that is not all there.
 */
export function parseDisk(text: string): Disk {
  const said = new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const number = (key: string): number => {
    const value = said.get(key);
    if (value === undefined || !/^\d+$/.test(value)) throw new Error(`it does not say its ${key}`);
    return Number(value);
  };
  const knows = said.get("knows");
  const directory = said.get("directory");
  if (knows !== "nothing" && knows !== "vote" && knows !== "data" && knows !== "quorum") {
    throw new Error("it does not say what its disk knows");
  }
  if (directory === undefined) throw new Error("it does not say its directory");
  const disk: Disk = { knows, epoch: number("epoch"), directory };
  if (!said.has("end") || number("end") === 0) return disk;
  const voters = (said.get("voters") ?? "").split(",").flatMap((voter) => {
    const [, id, of] = /^(\d+):(.+)$/.exec(voter) ?? [];
    return id === undefined || of === undefined ? [] : [[Number(id), of] as const];
  });
  const copy = {
    epoch: number("endEpoch"),
    end: number("end"),
    written: number("written"),
    voters: new Map(voters),
  };
  return { ...disk, copy };
}

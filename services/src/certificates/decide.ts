/** An authority's certificate: SHA-256 of it, lower-case hex. */
export type Fingerprint = string;

/** What the cluster says about an exchange of the authority. As {@link Authorities}, without keys. */
export interface ExchangeState {
  readonly generation: number;
  readonly signing: Fingerprint;
  readonly next?: { readonly generation: number; readonly fingerprint: Fingerprint; readonly out?: Date | undefined };
  readonly previous?: { readonly fingerprint: Fingerprint; readonly out?: Date | undefined };
}

/** What a server's TLS uses at the moment, by its own word; or why there is no such word. */
export type ServerWord =
  | {
      readonly server: string;
      /** Authorities that all of its connections trust. */
      readonly trusts: readonly Fingerprint[];
      /** Authorities of all certificates that it shows. */
      readonly issuers: readonly Fingerprint[];
    }
  | { readonly server: string; readonly silent: string };

/** The next step of an exchange. */
export type Step =
  /** There is nothing to exchange. */
  | { readonly do: "nothing" }
  /** Make the next authority, which everybody is to trust. */
  | { readonly do: "announce" }
  /** Note that all Secrets are as this step wants them. */
  | { readonly do: "date" }
  /** Have the next authority sign all certificates, and forget the key of the one before. */
  | { readonly do: "issue" }
  /** Trust the previous authority no longer. */
  | { readonly do: "retire" }
  /** Nothing yet. @property until before when nothing can change that; absent when the time of clients is over */
  | { readonly do: "wait"; readonly reason: string; readonly until?: Date }
  | { readonly do: "refuse"; readonly reason: string };

/**
 * The next step towards the wanted authority. It is asked only after all Secrets have been brought to what the state says, so that a killed Job leaves nothing
 * that the next one would take for done.
 *
 * At any moment servers and clients trust the issuers of all certificates that are in use: a certificate of an authority is issued only when every
 * server trusts it and clients had the time to, and an authority is dropped only when no server shows a certificate of it and clients had the time to change theirs.
 *
 * @param wanted generation of the authority that is to sign
 * @param waitMs how long a step is left to clients, which nobody can ask
 * @param words one of every server that exists
 */
export function decide(
  state: ExchangeState,
  wanted: number,
  waitMs: number,
  words: readonly ServerWord[],
  now: Date,
): Step {
  const newest = state.next?.generation ?? state.generation;
  if (wanted < newest) return { do: "refuse", reason: lowered(wanted, newest) };
  const { signing, next, previous } = state;
  if (next) {
    const { fingerprint } = next;
    return waiting(next.out, waitMs, now, missingTrust(words, fingerprint)) ?? { do: "issue" };
  }
  if (previous) return waiting(previous.out, waitMs, now, missingShow(words, signing)) ?? { do: "retire" };
  return wanted > state.generation ? { do: "announce" } : { do: "nothing" };
}

const lowered = (wanted: number, newest: number): string =>
  `listeners.internal.authority is ${wanted}, and authority ${newest} exists already: the key of an earlier one is deleted, so it cannot come back. Set listeners.internal.authority to ${newest}, or to ${newest + 1} for another new one.`;

/** The reason names servers first: who waits for them learns at once which one it is. */
function waiting(out: Date | undefined, waitMs: number, now: Date, missing: string | undefined): Step | undefined {
  if (out === undefined) return { do: "date" };
  const until = new Date(out.getTime() + waitMs);
  if (now >= until) return missing === undefined ? undefined : { do: "wait", reason: missing };
  return { do: "wait", until, reason: missing ?? `clients have until ${until.toISOString()} to take their files` };
}

function missingTrust(words: readonly ServerWord[], authority: Fingerprint): string | undefined {
  return firstOf(words, ({ trusts }) =>
    trusts.includes(authority) ? undefined : "does not trust the new authority yet",
  );
}

function missingShow(words: readonly ServerWord[], authority: Fingerprint): string | undefined {
  return firstOf(words, ({ issuers }) =>
    issuers.length > 0 && issuers.every((one) => one === authority)
      ? undefined
      : "still shows a certificate of the previous authority",
  );
}

function firstOf(
  words: readonly ServerWord[],
  missing: (word: Extract<ServerWord, { trusts: unknown }>) => string | undefined,
): string | undefined {
  const all = words.flatMap((word) => {
    const why = "silent" in word ? `does not say what it trusts (${word.silent})` : missing(word);
    return why === undefined ? [] : [`${word.server} ${why}`];
  });
  return all.length === 0 ? undefined : all.join(", ");
}

import { isIPv4, isIPv6 } from "node:net";

/** Why there was no seat. */
export type Refusal = "full" | "too many of this address";

/** A limited number of places, of which one address gets only a part, so that many connections of one address do not take all. */
export class Seats {
  readonly #limit: number;
  readonly #perAddress: number;
  readonly #taken = new Map<string, number>();
  #count = 0;

  /**
   * @param limit - the number of places
   * @param perAddress - how many one address may have at a time
   */
  constructor(limit: number, perAddress: number) {
    this.#limit = limit;
    this.#perAddress = perAddress;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#count;
  }

  /** Takes a seat for a client's address. Returns the function that releases it (further calls do nothing), or the reason why there is none. */
  take(address: string): (() => void) | Refusal {
    const client = clientOf(address);
    const present = this.#taken.get(client) ?? 0;
    if (present >= this.#perAddress) return "too many of this address";
    if (this.#count >= this.#limit) return "full";
    this.#taken.set(client, present + 1);
    this.#count += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#count -= 1;
      const left = (this.#taken.get(client) ?? 1) - 1;
      if (left > 0) this.#taken.set(client, left);
      else this.#taken.delete(client);
    };
  }
}

/** The part of an address that identifies a client: the first half of an IPv6 address, because a client has a whole network of them. */
function clientOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const [before, after] = [head, tail ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  const missing = tail === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const groups = [...(before ?? []), ...Array<string>(Math.max(0, missing)).fill("0"), ...(after ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
    .join(":");
}

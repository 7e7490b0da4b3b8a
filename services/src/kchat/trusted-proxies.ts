import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** An address (`10.0.0.1`), a range (`10.0.0.0/8`) or a name with changing addresses (`kconsumer-pods`). */
export type TrustedProxy =
  { readonly address: string } | { readonly network: string; readonly prefix: number } | { readonly name: string };

/** Resolves a name to its addresses. */
export type Resolver = (name: string) => Promise<readonly string[]>;

/** Milliseconds between look-ups of names. Until a new proxy is known, all its clients count as one. */
const REFRESH_MS = 5_000;

const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Parses one entry of a list of trusted proxies; undefined when it is malformed. */
export function parseTrustedProxy(text: string): TrustedProxy | undefined {
  if (isIP(text) !== 0) return { address: text };
  const range = /^(.+)\/(\d{1,3})$/.exec(text);
  const [network, prefix] = [range?.[1] ?? "", Number(range?.[2])];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(network)] ?? -1;
  if (range !== null) return prefix <= bits ? { network, prefix } : undefined;
  return NAME.test(text) ? { name: text } : undefined;
}

/**
 * The proxies whose `X-Forwarded-For` is trusted. Names are looked up repeatedly, because pods come and go; when a look-up fails, the previous
 * addresses remain.
 */
export class TrustedProxies {
  readonly #fixed = new BlockList();
  readonly #named = new Map<string, BlockList>();
  readonly #resolve: Resolver;

  constructor(proxies: readonly TrustedProxy[], resolve: Resolver = resolveAll) {
    this.#resolve = resolve;
    for (const proxy of proxies) {
      if ("address" in proxy) this.#fixed.addAddress(proxy.address, family(proxy.address));
      else if ("network" in proxy) this.#fixed.addSubnet(proxy.network, proxy.prefix, family(proxy.network));
      else this.#named.set(proxy.name, new BlockList());
    }
    if (this.#named.size === 0) return;
    void this.refresh();
    setInterval(() => void this.refresh(), REFRESH_MS).unref();
  }

  /** Whether `address` belongs to a trusted proxy. Bound, because the HTTP server needs a function. */
  readonly trusts = (address: string): boolean => {
    // Entries beyond the first proxy come from a header and may be anything.
    if (isIP(address) === 0) return false;
    const lists = [this.#fixed, ...this.#named.values()];
    return lists.some((list) => list.check(address, family(address)));
  };

  /** Looks up the names again. */
  async refresh(): Promise<void> {
    await Promise.all(
      [...this.#named.keys()].map(async (name) => {
        const addresses = await this.#resolve(name).catch(() => undefined);
        if (addresses === undefined) return;
        const list = new BlockList();
        for (const address of addresses) list.addAddress(address, family(address));
        this.#named.set(name, list);
      }),
    );
  }
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

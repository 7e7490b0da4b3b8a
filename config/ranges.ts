import { BlockList, isIP } from "node:net";

/** A range of addresses. */
export interface Range {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  /** Bits that all of its addresses share. */
  readonly length: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Parses `address/bits`; undefined when it is malformed. Addresses of one link (`fe80::1%eth0`) mean nothing elsewhere. */
export function rangeOf(text: string): Range | undefined {
  const [, address = "", digits = ""] = /^([^/%]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const kind = isIP(address);
  const length = Number(digits);
  if ((kind !== 4 && kind !== 6) || length > BITS[kind]) return undefined;
  return { address, family: `ipv${kind}`, length };
}

/** Whether one range is in the other. */
export function covers(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || inner.length < outer.length) return false;
  const list = new BlockList();
  list.addSubnet(outer.address, outer.length, outer.family);
  return list.check(inner.address, inner.family);
}

/** Whether the address has no bits after the prefix, against which Kubernetes advises. */
export function endsAtPrefix({ address, family, length }: Range): boolean {
  const free = BigInt((family === "ipv4" ? 32 : 128) - length);
  return bitsOf(address) % 2n ** free === 0n;
}

function bitsOf(address: string): bigint {
  if (isIP(address) === 4) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  // WHATWG's spelling has no dotted part, and at most one gap.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = plain.split("::").map((half) => half.split(":").filter(Boolean));
  const gap = plain.includes("::") ? Array<string>(8 - head.length - tail.length).fill("0") : [];
  return [...head, ...gap, ...tail].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

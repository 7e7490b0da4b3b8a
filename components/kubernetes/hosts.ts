import { isIP } from "node:net";

/**
 * Whether a host name or address can be a server's. All-zero addresses mean every address of a machine, multicast ones none. Some resolvers read
 * malformed addresses (`10.1`, `0x7f.1`) as other addresses.
 */
export function isHost(host: string): boolean {
  const kind = isIP(host);
  if (kind === 4) {
    const first = Number(host.split(".")[0]);
    return first !== 0 && first < 224;
  }
  if (kind === 6) {
    const unset = /^[0:]*$/.test(host) || /^[0:]*:(ffff:)?0\.0\.0\.0$/i.test(host);
    return !unset && !/^ff/i.test(host);
  }
  const name = host.replace(/\.$/, "");
  return (
    name.length <= 253 &&
    !/^[\d.]+$|^0x/i.test(name) &&
    name.split(".").every((label) => /^(?!-)[\w-]{1,63}$/.test(label) && !label.endsWith("-"))
  );
}

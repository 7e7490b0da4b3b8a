/** Converts Kubernetes quantities and JVM heap sizes into numbers for comparison. */

const BINARY: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 };
const DECIMAL: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
const HEAP: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/**
 * Bytes of a Kubernetes memory or storage quantity such as `3Gi`, `512Mi` or `1500M`.
 *
 * @returns the bytes, or undefined when the text is not such a quantity.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGTP]i|[kMGTP])?$/.exec(text);
  if (!match) return undefined;
  const unit = match[2] ?? "";
  return Number(match[1]) * (BINARY[unit] ?? DECIMAL[unit] ?? 1);
}

/**
 * CPU cores of a Kubernetes CPU quantity such as `250m`, `1` or `1.5`.
 *
 * @returns the cores, or undefined when the text is not such a quantity.
 */
export function parseCpu(text: string): number | undefined {
  const match = /^(?:(\d+)m|(\d+(?:\.\d+)?))$/.exec(text);
  if (!match) return undefined;
  return match[1] === undefined ? Number(match[2]) : Number(match[1]) / 1000;
}

/**
 * Bytes of a JVM heap size in the form of `-Xmx`: `512m`, `2g`.
 *
 * @returns the bytes, or undefined when the text is not such a size.
 */
export function parseHeap(text: string): number | undefined {
  const match = /^(\d+)([kmg])$/i.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (HEAP[(match[2] ?? "").toLowerCase()] ?? 1);
}

/** Converts Kubernetes quantities and JVM heap sizes into numbers for comparison. */
import { parseQuantity } from "../../policy/kubernetes-facts";

/**
 * Bytes of a Kubernetes memory or storage quantity such as `3Gi`, `512Mi` or `1500M`.
 *
 * @returns the bytes, or undefined when the text is not such a quantity.
 */
export function parseBytes(text: string): number | undefined {
  return /^\d+(\.\d+)?([KMGTP]i|[kMGTP])?$/.test(text) ? parseQuantity(text) : undefined;
}

/**
 * CPU cores of a Kubernetes CPU quantity such as `250m`, `1` or `1.5`.
 *
 * @returns the cores, or undefined when the text is not such a quantity.
 */
export function parseCpu(text: string): number | undefined {
  return /^(\d+m|\d+(\.\d+)?)$/.test(text) ? parseQuantity(text) : undefined;
}

/**
 * Bytes of a JVM heap size in the form of `-Xmx`: `512m`, `2g`.
 *
 * @returns the bytes, or undefined when the text is not such a size.
 */
export function parseHeap(text: string): number | undefined {
  // The JVM's units are those of Kubernetes with a prefix of two.
  return /^\d+[kmg]$/i.test(text) ? parseQuantity(`${text.slice(0, -1)}${text.slice(-1).toUpperCase()}i`) : undefined;
}

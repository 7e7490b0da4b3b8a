/** Converts Kubernetes quantities and JVM heap sizes into numbers for comparison. */
import { parseQuantity } from "../../policy/kubernetes-facts";

/**
 * Bytes of a Kubernetes memory or storage quantity such as `3Gi`, `512Mi`, `1500M` or `1e9`.
 *
 * @returns the bytes, or undefined when the text is not such a quantity.
 */
export function parseBytes(text: string): number | undefined {
  return /^\d+(\.\d+)?([KMGTPE]i|[kMGTPE]|[eE][+-]?\d{1,3})?$/.test(text) ? parseQuantity(text) : undefined;
}

/**
 * CPU cores of a Kubernetes CPU quantity such as `250m`, `1` or `1.5`. Kubernetes knows nothing finer than `1m`.
 *
 * @returns the cores, or undefined when the text is not such a quantity.
 */
export function parseCpu(text: string): number | undefined {
  return /^(\d+m|\d+(\.\d{1,3})?)$/.test(text) ? parseQuantity(text) : undefined;
}

/**
 * Bytes of a JVM heap size in the form of `-Xmx`: `512m`, `2g`.
 *
 * @returns the bytes, or undefined when the text is not such a size.
 */
export function parseHeap(text: string): number | undefined {
  // The JVM's units are those of Kubernetes with a prefix of two.
  return /^[1-9]\d*[kmg]$/i.test(text)
    ? parseQuantity(`${text.slice(0, -1)}${text.slice(-1).toUpperCase()}i`)
    : undefined;
}

/** The least that counts as a size, in bytes: less is a number whose unit was forgotten. */
const LEAST_SIZE = 2 ** 20;

/** Kubernetes' largest quantity is one less, and it takes larger ones for that. */
const ABOVE_SIZES = 2 ** 63;

/** Whether a text is an amount of memory or storage, in Kubernetes' form. */
export function isSize(text: string): boolean {
  const bytes = parseBytes(text);
  return bytes !== undefined && bytes >= LEAST_SIZE && bytes < ABOVE_SIZES;
}

/** Whether a text is an amount of CPU, in Kubernetes' form. */
export const isCpu = (text: string): boolean => (parseCpu(text) ?? 0) > 0;

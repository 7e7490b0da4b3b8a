import { parseQuantity } from "../kubernetes-facts";

/** How much of its memory a JVM may use for its heap: bytes, or a share of the container's memory. */
export type HeapLimit = { readonly bytes: number } | { readonly percent: number };

/**
 * The heap limit that a JVM's options set, or undefined when they set none. As in the JVM, the last `-Xmx` counts and
 * goes before `-XX:MaxRAMPercentage`.
 */
export function heapLimit(options: string): HeapLimit | undefined {
  const sizes = [...options.matchAll(/(?:^|\s)(?:-Xmx|-XX:MaxHeapSize=)([0-9]+)([kKmMgGtT]?)\b/g)];
  const [, digits, unit] = sizes.at(-1) ?? [];
  if (digits !== undefined) {
    const bytes = parseQuantity(unit ? `${digits}${unit.toUpperCase()}i` : digits);
    return bytes === undefined ? undefined : { bytes };
  }
  const shares = [...options.matchAll(/(?:^|\s)-XX:MaxRAMPercentage=([0-9.]+)/g)];
  const percent = Number(shares.at(-1)?.[1] ?? Number.NaN);
  return Number.isNaN(percent) ? undefined : { percent };
}

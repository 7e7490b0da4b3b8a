/** The median; of an even number of values, the upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Ratios of paired runs, as a figure with its spread. */
export function describeRatios(ratios: readonly number[]): string {
  return `${median(ratios).toFixed(2)} (median of ${ratios.length} pairs, ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
}

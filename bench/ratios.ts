/** Ratios of paired runs, as a figure with its spread. */
export function describeRatios(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const [low, high] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  return `${middle.toFixed(2)} (median of ${sorted.length} pairs, ${low.toFixed(2)} to ${high.toFixed(2)})`;
}

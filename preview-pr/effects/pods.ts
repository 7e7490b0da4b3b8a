/** The names of a StatefulSet's pods from one ordinal up to but without another: `broker-3 … broker-5`. */
export function podNames(statefulSet: string, from: number, to: number): string {
  const first = `${statefulSet}-${from}`;
  const last = `${statefulSet}-${to - 1}`;
  return to - from === 1 ? first : to - from === 2 ? `${first} and ${last}` : `${first} … ${last}`;
}

/** `1 pod`, `3 pods`. */
export function count(pods: number): string {
  return pods === 1 ? "1 pod" : `${pods} pods`;
}

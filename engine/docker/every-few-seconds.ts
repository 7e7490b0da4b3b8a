/** Passes on only the latest line every few seconds, which shows that a slow tool is working. */
export function everyFewSeconds(note: (line: string) => void): (line: string) => void {
  const period = 5_000;
  let noted = Date.now();
  return (line) => {
    if (line.trim() !== "" && Date.now() - noted >= period) {
      noted = Date.now();
      note(line.trim());
    }
  };
}

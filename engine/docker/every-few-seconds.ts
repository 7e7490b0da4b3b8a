/** Gives the latest of many lines now and then, so that a long tool shows that it works. */
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

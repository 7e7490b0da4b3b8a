/** Prints a line. Unlike `console.log` it takes nothing else, so that `lines.forEach(print)` prints the lines and not their numbers. */
export const print = (line: string): void => {
  console.log(line);
};

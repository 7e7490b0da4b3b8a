/** How progress is shown: a live display on a terminal, a line for each event elsewhere. */
export const listrOptions = {
  renderer: "default",
  fallbackRenderer: "simple",
  rendererOptions: { collapseSubtasks: false },
} as const;

/** Reports that another command is working on the sandbox. */
export function announceWait(pid: number): void {
  console.log(`Waiting for process ${pid}, which is changing this sandbox…`);
}

/** Reports a step's progress. */
export function progress(task: { output: string }): (text: string) => void {
  return (text) => {
    task.output = text;
  };
}

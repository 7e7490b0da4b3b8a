/**
 * For Node's `--import`, in a process whose standard input is a pipe: ends it when the run that started it is gone, also when that was killed. Nobody would answer it, nor read
 * why it fails, so that it would go on for ever.
 */
export const END_WITH_PARENT = `data:text/javascript,process.stdin.on("end",()=>process.exit(1)).resume().unref()`;

/**
 * For Node's `--import`, in a process whose standard input is a pipe: ends the process when its parent has ended, also by SIGKILL. Otherwise the process would wait for answers for ever.
 */
export const END_WITH_PARENT = `data:text/javascript,process.stdin.on("end",()=>process.exit(1)).resume().unref()`;

/** `npm run clean`: deletes the stack, its data and the sandbox, with everything that was built for it. */
import { rmSync } from "node:fs";
import { down } from "./down";
import { pathsOf } from "./paths";

async function clean(): Promise<void> {
  await down({ data: true });
  rmSync(pathsOf().root, { recursive: true, force: true });
  console.log("The sandbox and its data are deleted.");
}

clean().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

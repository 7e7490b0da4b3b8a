/** Temporary folders and tools for tests. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A new folder that is removed when the test (or the suite, in `before`) has ended. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engine-test-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

process.on("exit", () => {
  for (const folder of folders) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

/** Writes a shell script as a tool into a folder. @returns an environment whose PATH begins with that folder */
export function fakeTool(folder: string, name: string, script: string): NodeJS.ProcessEnv {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env["PATH"] ?? ""}` };
}

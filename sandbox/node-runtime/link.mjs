// After `npm ci`: makes node_modules/.bin/node the binary of this platform's package, so that the commands of package.json run on it. npm 11
// and later do so by themselves; npm 10 does not for what a workspace asks for. On a platform without such a package nothing is linked, and
// the commands run on the machine's own Node.js.
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "../../node_modules");
const binary = join(modules, `node-${process.platform}-${process.arch}`, "bin/node");
const link = join(modules, ".bin/node");
if (existsSync(binary) && !existsSync(link)) {
  // A dangling link does not exist for existsSync, but blocks a new one.
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), binary), link);
}

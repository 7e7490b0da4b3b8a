/** Imported first by commands, so that an older Node.js ends with a clear error and not inside a package that it cannot load. */
import { checkNode } from "./bundled-node";

checkNode();

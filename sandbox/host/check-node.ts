/** Imported first by commands, so that an older Node.js ends them with a sentence and not within a package that it cannot load. */
import { checkNode } from "./bundled-node";

checkNode();

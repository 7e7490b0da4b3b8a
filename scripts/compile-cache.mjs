// Loaded before the program (Pulumi.yaml): Node.js keeps the compiled form of all that is loaded for the next preview. Before 22.1 it cannot, and starts as ever.
import module from "node:module";

module.enableCompileCache?.();

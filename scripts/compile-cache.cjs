// Loaded before the program (Pulumi.yaml): Node.js keeps the compiled form of all that it loads for the next preview. Before 22.1 it cannot, and starts as ever.
require("node:module").enableCompileCache?.();

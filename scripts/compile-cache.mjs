// Loaded before the program (Pulumi.yaml): Node.js caches the compiled code of everything that it loads, for the next preview. Versions before 22.1 cannot, and compile each time.
import module from "node:module";

module.enableCompileCache?.();

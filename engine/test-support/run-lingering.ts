/** Previews a program that goes on for ever, as a process of its own that can be killed; prints what the program does. The argument is a folder for the state. */
import { join } from "node:path";
import { run } from "../index";

void run({
  command: "preview",
  stack: "dev",
  root: join(__dirname, "programs", "configmaps"),
  env: { ...process.env, ENGINE: "stand-in", MODE: "lingers" },
  stateDirectory: process.argv[2] ?? "",
  write: (line) => {
    console.log(line);
  },
});

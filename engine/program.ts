/** Starts the unchanged Pulumi program as Pulumi's own language host does. */
import * as fs from "node:fs";
import * as path from "node:path";
import { start } from "kafka-stack-processes";
import type { Project } from "./project";
import { END_WITH_PARENT } from "./with-parent";

/** How a program runs. */
export interface ProgramOptions {
  readonly project: Project;
  readonly stack: string;
  readonly preview: boolean;
  /** Address of the monitor and the engine. */
  readonly address: string;
  readonly config: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  /** The Node.js that it runs on. @default the current one */
  readonly node?: string | undefined;
  /** Receives the lines that the program prints. */
  readonly print: (line: string) => void;
  /** Abort it to end the program. */
  readonly signal?: AbortSignal | undefined;
}

// Concurrent registrations of a program: the SDK serializes only at 1.
const PARALLEL = 16;

/** Runs the program and returns its exit code. */
export async function runProgram(options: ProgramOptions): Promise<number> {
  const { project, stack, address } = options;
  const [entry, directory] = entryPoint(project);
  const args = [
    ...["--import", END_WITH_PARENT],
    ...project.nodeArgs,
    require.resolve("@pulumi/pulumi/cmd/run", { paths: [project.root] }),
    ...["--monitor", address, "--engine", address, "--organization", "organization"],
    ...["--project", project.name, "--root-directory", project.root, "--stack", stack, "--pwd", directory],
    ...(options.preview ? ["--dry-run"] : []),
    ...["--parallel", String(PARALLEL), entry],
  ];
  const program = start(options.node ?? process.execPath, args, {
    cwd: directory,
    env: {
      ...options.env,
      PULUMI_CONFIG: JSON.stringify(options.config),
      PULUMI_CONFIG_SECRET_KEYS: options.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]",
      ...(project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    },
    // It ends when its standard input does.
    input: { open: true },
    onLine: options.print,
  });
  options.signal?.addEventListener("abort", () => {
    program.kill();
  });
  const { code, signal } = await program.ended;
  return code ?? (signal === null ? 0 : 1);
}

function entryPoint(project: Project): [entry: string, directory: string] {
  const main = path.resolve(project.root, project.main);
  const isFile = fs.existsSync(main) && fs.statSync(main).isFile();
  return isFile ? [path.basename(main), path.dirname(main)] : [".", main];
}

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** The repository. */
export const ROOT = resolve(__dirname, "../..");

/** Folders with documents, named so that other files in a clone are ignored. */
const FOLDERS = [
  "bench",
  "components",
  "config",
  "docs",
  "examples",
  "images",
  "policy",
  "sandbox",
  "scripts",
  "services",
  "test",
];

/** A command that a document or a workflow tells somebody to run. */
export interface DocumentedCommand {
  /** File, relative to the repository. */
  readonly file: string;
  /** The command in one line, without comment, `$` and continuation. */
  readonly command: string;
}

/** Programs that documented commands begin with. Other code is no command but a name, a key or a value. */
const PROGRAMS = [
  ...[
    "npm",
    "npx",
    "node",
    "pulumi",
    "kubectl",
    "docker",
    "curl",
    "git",
    "kind",
    "minikube",
    "k3d",
    "aws",
    "az",
    "gcloud",
    "helm",
  ],
  ...[
    "kcat",
    "rsync",
    "cp",
    "eval",
    "time",
    "export",
    "mkdir",
    "gh",
    "head",
    "install",
    "printf",
    "apt-get",
    "cat",
    "exit",
    "echo",
    "bin/connect-mirror-maker.sh",
  ],
];

const FENCE = /^([ ]*)```(\w*)\n([\s\S]*?)^\1```$/gm;
const INLINE = /`([^`\n]+)`/g;

/** Languages of fenced blocks with commands; other blocks are files, diffs, output and drawings. */
const SHELLS = ["", "sh", "bash", "shell", "console"];

/** The documents, relative to the repository. */
export const documents = (): string[] => [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...FOLDERS.flatMap((folder) => documentsOf(folder)),
];

/** Every command of the documents and of the workflows' steps. */
export function documentedCommands(): DocumentedCommand[] {
  const workflows = readdirSync(join(ROOT, ".github/workflows")).map((name) => `.github/workflows/${name}`);
  return [
    ...documents().flatMap((file) => commandsOfDocument(read(file)).map((command) => ({ file, command }))),
    ...workflows.flatMap((file) => commandsOfWorkflow(read(file)).map((command) => ({ file, command }))),
  ];
}

/** The commands in a Markdown text. */
export function commandsOfDocument(text: string): string[] {
  const blocks = [...text.matchAll(FENCE)].flatMap(([, , language = "", body = ""]) =>
    SHELLS.includes(language) ? commandsOfBlock(language, body) : [],
  );
  const inline = [...text.replaceAll(FENCE, "").matchAll(INLINE)].flatMap(([, code = ""]) => parts(clean(code)));
  return [...blocks, ...inline.filter(isCommand)];
}

/** The commands in a workflow's steps, one per line. */
export function commandsOfWorkflow(text: string): string[] {
  const { jobs } = parse(text) as { jobs: Record<string, { steps?: { run?: string }[] }> };
  return Object.values(jobs)
    .flatMap(({ steps }) => steps ?? [])
    .flatMap(({ run }) => (run === undefined ? [] : lines(run)))
    .map(clean);
}

function commandsOfBlock(language: string, body: string): string[] {
  const all = lines(body);
  const typed = language === "console" ? all.filter((line) => line.startsWith("$ ")) : all;
  return typed.flatMap((line) => parts(clean(line.replace(/^\$ /, "")))).filter(isCommand);
}

/** The lines of a script, joined at backslashes. */
const lines = (text: string): string[] =>
  text
    .replaceAll(/\\\r?\n\s*/g, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

/** The single commands of a line. */
const parts = (line: string): string[] => line.replace(/\((cd [^)]*)\)/, "$1").split(" && ");

/** A command without its remark and in a common form: two or more spaces begin a remark, unless they align with the line above. */
const clean = (line: string): string =>
  line
    .replace(/\s#\s.*$/, "")
    .replace(/^(pulumi \S+) +/, "$1 ")
    .replace(/\s{2,}.*$/, "")
    .trim();

const isCommand = (text: string): boolean => {
  const [program = "", ...words] = text.replace(/^(?:[A-Z_]+=\S+ )+/, "").split(" ");
  return PROGRAMS.includes(program) && words.length > 0;
};

function documentsOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist"].includes(entry.name) ? [] : documentsOf(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8").replaceAll("\r\n", "\n");

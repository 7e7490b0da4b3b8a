/** Pulumi.yaml, as the Pulumi CLI reads it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** The engine's part of Pulumi.yaml. */
export interface Project {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  readonly name: string;
  /** The program's folder or file, relative to the root. */
  readonly main: string;
  /** Arguments of Node itself. */
  readonly nodeArgs: readonly string[];
  /** Whether Pulumi's SDK compiles TypeScript itself. */
  readonly typescript: boolean;
  /** The project's own config values; a stack file may override them. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Whether each run refreshes resources before it compares them (`options: {refresh: always}`). */
  readonly refresh: boolean;
}

interface ProjectFile {
  name?: string;
  runtime?: string | { name?: string; options?: { typescript?: boolean; nodeargs?: string } };
  main?: string;
  config?: Record<string, unknown>;
  options?: { refresh?: string };
}

/**
 * Reads Pulumi.yaml.
 *
 * @throws when it is missing or its runtime is not nodejs
 */
export function readProject(root: string): Project {
  const file = path.join(root, "Pulumi.yaml");
  if (!fs.existsSync(file)) {
    throw new Error(`There is no Pulumi.yaml in ${root}`);
  }
  const document = (parse(fs.readFileSync(file, "utf8")) ?? {}) as ProjectFile;
  const runtime = typeof document.runtime === "string" ? document.runtime : document.runtime?.name;
  if (document.name === undefined || runtime !== "nodejs") {
    throw new Error(`${file} must have a name and the runtime nodejs (it has ${String(runtime)})`);
  }
  const options = typeof document.runtime === "object" ? (document.runtime.options ?? {}) : {};
  const defaults: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(document.config ?? {})) {
    // An entry is a value, or a declaration that may contain one.
    if (typeof entry === "object" && entry !== null && !Array.isArray(entry)) {
      const { value, default: fallback } = entry as { value?: unknown; default?: unknown };
      if (value !== undefined || fallback !== undefined) {
        defaults[qualify(document.name, key)] = value ?? fallback;
      }
    } else {
      defaults[qualify(document.name, key)] = entry;
    }
  }
  return {
    root,
    name: document.name,
    main: document.main ?? ".",
    nodeArgs: (options.nodeargs ?? "").split(/\s+/).filter((argument) => argument !== ""),
    typescript: options.typescript ?? true,
    defaults,
    refresh: document.options?.refresh === "always",
  };
}

/**
 * The stack's name in `--stack`, which takes Pulumi's own forms: `stack`, `organization/stack` and `organization/project/stack`.
 *
 * @throws when it has another form, or names another project
 */
export function stackName(root: string, given: string): string {
  const parts = given.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > 3 || !parts.every((part) => /^[\w-][\w.-]{0,99}$/.test(part))) {
    throw new Error(`"${given}" is not the name of a stack: write dev, acme/dev or acme/${readProject(root).name}/dev`);
  }
  const project = parts.length === 3 ? parts[1] : undefined;
  if (project !== undefined && project !== readProject(root).name) {
    throw new Error(`The stack ${given} is one of project ${project}; this is project ${readProject(root).name}`);
  }
  return name;
}

/** A config key with its namespace: `replicas` becomes `<project>:replicas`. */
export function qualify(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

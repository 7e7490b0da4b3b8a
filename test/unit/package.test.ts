import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { contentHash, type ImageSource } from "../../components/image/content-hash";
import { kafkaImageSource, servicesImageSource } from "../../components/image/sources";
import { run, type RunResult } from "kafka-stack-engine";
import { temporaryFolder } from "../support/temporary";
import { ROOT } from "../support/stacks";

const EXAMPLE = join(ROOT, "examples", "existing-registry");

/** A copy of the example with the package installed as npm would install it: packed, and beside what it depends on. */
function install(): string {
  const folder = temporaryFolder();
  cpSync(EXAMPLE, folder, { recursive: true, filter: (file) => !relative(EXAMPLE, file).startsWith("node_modules") });
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  for (const name of ["@kubernetes", "@pulumi", "@types/node", "bcryptjs", "tsx", "typescript"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: ROOT });
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(join(modules, "kafka-stack"));
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", join(modules, "kafka-stack"), "--strip-components=1"]);
  return folder;
}

describe("The package in somebody else's program", function () {
  // Compiles the package and the program, and loads both in a Node of their own.
  this.timeout(120_000);
  let folder = "";
  before(() => {
    folder = install();
  });

  it("has types that the program is checked against", () => {
    const packaged = join(folder, "node_modules", "kafka-stack");
    assert.ok(existsSync(join(packaged, "dist", "index.d.ts")));
    assert.ok(!existsSync(join(packaged, "components")), "the types could come from the sources");
    execFileSync("npm", ["run", "--silent", "check"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
  });

  it("has the sources of the images as the repository has them", () => {
    const packaged = (path: string) => join(folder, "node_modules", "kafka-stack", path);
    const inPackage = ({ context, dockerfile, args }: ImageSource): ImageSource => ({
      context: packaged(relative(ROOT, join(process.cwd(), context))),
      dockerfile: packaged(relative(ROOT, join(process.cwd(), dockerfile))),
      args,
    });
    const sources = [
      kafkaImageSource({ version: "4.3.1", jre: "jre", maven: "maven" }),
      servicesImageSource({ node: "node" }),
    ];
    for (const source of sources) assert.equal(contentHash(inPackage(source)), contentHash(source));
  });

  it("is previewed before there is a cluster: Kafka with its two images, and no chat", async () => {
    const { steps } = await preview(folder);
    const made = steps.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
    const expected = ["Image kafka-image", "Image ops-image", "Job prepare", "StatefulSet broker", "Job finish"];
    assert.deepEqual(
      expected.filter((one) => !made.includes(one)),
      [],
    );
    assert.equal(made.filter((one) => one.startsWith("PersistentVolumeClaim ")).length, 3);
    assert.deepEqual(
      made.filter((one) => /^Deployment |kchat|Chart/.test(one)),
      [],
    );
    assert.ok(steps.every(({ operation }) => operation === "create"));
  });
});

async function preview(root: string): Promise<RunResult> {
  const lines: string[] = [];
  const env = { ...process.env, ENGINE: "stand-in", KUBECONFIG: join(root, "no-kubeconfig") };
  try {
    const write = (line: string) => lines.push(line);
    return await run({ command: "preview", stack: "dev", root, env, hideOutputs: true, write });
  } catch (error) {
    throw new Error(`the preview failed:\n${lines.join("\n")}`, { cause: error });
  }
}

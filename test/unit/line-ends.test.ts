import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { contentHash } from "../../components/image/content-hash";
import { repositoryIn } from "../support/repository";
import { ROOT } from "../support/stacks";

/** The sources of images. */
const SOURCES = [
  "images",
  "services/src",
  "services/page",
  "services/cluster-page",
  "services/build.mjs",
  "services/package.json",
];

/** The files of a folder, or the file itself. */
function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

/** The Kafka image of a checkout, as the stack tags it. */
const tagOf = (root: string) =>
  contentHash({ context: join(root, "images/kafka"), dockerfile: join(root, "images/kafka/Dockerfile"), args: {} });

describe("line ends", () => {
  const folder = mkdtempSync(join(tmpdir(), "line-ends-"));
  const origin = join(folder, "origin");
  const clone = join(folder, "clone");
  const { git, commit } = repositoryIn(origin);

  before(async () => {
    for (const path of [".gitattributes", ...SOURCES]) {
      cpSync(join(ROOT, path), join(origin, path), { recursive: true });
    }
    await git("init", "--quiet");
    await commit("sources");
    // Like git for Windows.
    await git("-c", "core.autocrlf=true", "clone", "--quiet", "--config", "core.autocrlf=true", origin, clone);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("are those of Unix in all sources of images, even in a clone made with core.autocrlf", () => {
    for (const root of [ROOT, clone]) {
      const files = SOURCES.flatMap((path) => filesOf(join(root, path)));
      assert.ok(files.length > 50);
      const wrong = files.filter((file) => readFileSync(file).includes("\r\n"));
      assert.deepEqual(
        wrong.map((file) => relative(root, file)),
        [],
      );
    }
  });

  it("leave the images of such a clone the same", () => {
    assert.equal(tagOf(clone), tagOf(ROOT));
  });
});

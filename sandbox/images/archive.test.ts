import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../host/command";
import { packImage, type SmallImage } from "./archive";

describe("the packing of images", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "archive-"));
    writeFileSync(join(directory, "program"), "run me", { mode: 0o755 });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const image = (): SmallImage => ({
    name: "docker.io/try/it:1",
    files: { "bin/program": { from: join(directory, "program") }, "etc/conf": { content: "x" } },
    config: { Entrypoint: ["/bin/program"] },
  });

  it("makes an archive whose parts fit together", async () => {
    const file = join(directory, "image.tar");
    await packImage(image(), file);
    await run("tar", ["-C", directory, "-xf", file]);
    const [manifest] = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
      Config: string;
      RepoTags: string[];
    }[];
    assert.ok(manifest);
    assert.deepEqual(manifest.RepoTags, ["docker.io/try/it:1"]);
    const config = JSON.parse(readFileSync(join(directory, manifest.Config), "utf8")) as {
      config: unknown;
      rootfs: { diff_ids: string[] };
    };
    assert.deepEqual(config.config, { Entrypoint: ["/bin/program"] });
    const layer = readFileSync(join(directory, "layer.tar"));
    assert.deepEqual(config.rootfs.diff_ids, [`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
    const listed = await run("tar", ["-tvf", join(directory, "layer.tar")]);
    assert.match(listed, /-rwxr-xr-x 0\/0 .* \.\/bin\/program/);
  });

  it("makes the same archive of the same files at any time", async () => {
    await packImage(image(), join(directory, "one.tar"));
    utimesSync(join(directory, "program"), 1, 1);
    await packImage(image(), join(directory, "two.tar"));
    const hash = (file: string) =>
      createHash("sha256")
        .update(readFileSync(join(directory, file)))
        .digest("hex");
    assert.equal(hash("one.tar"), hash("two.tar"));
  });

  it("leaves nothing behind when it fails", async () => {
    const broken = { ...image(), files: { x: { from: join(directory, "missing") } } };
    await assert.rejects(packImage(broken, join(directory, "image.tar")));
    assert.deepEqual(readdirSync(directory), ["program"]);
  });
});

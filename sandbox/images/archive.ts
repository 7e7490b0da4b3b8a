import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../host/command";

/** An image with one layer. */
export interface SmallImage {
  /** Full name with registry and tag. */
  readonly name: string;
  /** Files of the layer: path in the image → file on this machine, or content. */
  readonly files: Record<string, { readonly from: string } | { readonly content: string }>;
  /** Configuration as in an OCI image: `Entrypoint`, `Cmd`, `User` … */
  readonly config: Record<string, unknown>;
}

const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Packs an image into a file that `docker load` and `ctr images import` read. It needs neither of them, so it can run while they start.
 *
 * @param file - path of the archive; an existing one is assumed to be the same image
 */
export async function packImage(image: SmallImage, file: string): Promise<void> {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  const work = mkdtempSync(`${file}.`);
  try {
    const layer = join(work, "layer.tar");
    for (const [path, source] of Object.entries(image.files)) {
      const target = join(work, "root", path);
      mkdirSync(dirname(target), { recursive: true });
      if ("from" in source) copyFileSync(source.from, target);
      else writeFileSync(target, source.content);
    }
    await tar(join(work, "root"), layer, ["."]);
    const config = JSON.stringify({
      architecture: architectures[process.arch] ?? process.arch,
      os: "linux",
      config: image.config,
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(readFileSync(layer))}`] },
      history: [{ created_by: "kafka-stack sandbox" }],
    });
    const configFile = `${sha256(config)}.json`;
    writeFileSync(join(work, configFile), config);
    writeFileSync(
      join(work, "manifest.json"),
      JSON.stringify([{ Config: configFile, RepoTags: [image.name], Layers: ["layer.tar"] }]),
    );
    const archive = join(work, "image.tar");
    await tar(work, archive, ["manifest.json", configFile, "layer.tar"]);
    renameSync(archive, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Packs files reproducibly: equal files make equal archives. */
async function tar(directory: string, archive: string, members: string[]): Promise<void> {
  const reproducible = [
    "--sort=name",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mtime=@0",
    "--mode=u+rwX,go+rX,go-w",
  ];
  await run("tar", ["-C", directory, ...reproducible, "-cf", archive, ...members]);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

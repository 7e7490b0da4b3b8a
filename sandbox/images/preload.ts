import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pauseImage } from "../cluster/node";
import { run } from "../host/command";
import type { Paths } from "../paths";
import type { NodePlan } from "../plan";
import { versions } from "../versions";
import { packImage, type SmallImage } from "./archive";

/** The image that the docker-registry chart asks for. */
const registryImage = `docker.io/library/registry:${versions.registry}`;

const registryConfig = `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
`;

/** Images that a node has from the start, so that no public registry has to be reachable. */
function preloadedImages(paths: Paths): SmallImage[] {
  return [
    {
      name: pauseImage,
      files: { pause: { from: join(paths.bin, "pause") } },
      config: { Entrypoint: ["/pause"], User: "65535:65535" },
    },
    {
      name: registryImage,
      files: {
        "bin/registry": { from: join(paths.bin, "registry") },
        "etc/distribution/config.yml": { content: registryConfig },
        // The path in older releases of the image, and in charts made for them.
        "etc/docker/registry/config.yml": { content: registryConfig },
      },
      config: {
        Entrypoint: ["/bin/registry"],
        Cmd: ["serve", "/etc/distribution/config.yml"],
        ExposedPorts: { "5000/tcp": {} },
        Env: ["OTEL_TRACES_EXPORTER=none"],
      },
    },
  ];
}

/**
 * Packs the images that nodes are given.
 *
 * @param build - key of the built programs in the images
 * @returns the archives, by image name
 */
export async function packPreloadedImages(paths: Paths, build: string): Promise<Map<string, string>> {
  const directory = join(paths.cache, "images");
  const archives = new Map<string, string>();
  for (const image of preloadedImages(paths)) {
    const file = join(directory, `${image.name.replaceAll(/[/:]/g, "_")}-${build}.tar`);
    await packImage(image, file);
    archives.set(image.name, file);
  }
  const current = new Set(archives.values());
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    if (!current.has(file)) rmSync(file, { recursive: true });
  }
  return archives;
}

/** Gives a node the images that it does not have yet; its containerd must run. */
export async function preloadImages(
  paths: Paths,
  node: NodePlan,
  archives: ReadonlyMap<string, string>,
): Promise<void> {
  const ctr = (...args: string[]) =>
    run("ctr", ["--address", paths.node(node.name).containerdSocket, "--namespace", "k8s.io", ...args]);
  const label = (archive: string) => `sandbox.archive=${archive.split("/").at(-1) ?? ""}`;
  const present = await ctr("images", "list");
  for (const [name, archive] of archives) {
    const known = present.split("\n").some((line) => line.startsWith(`${name} `) && line.includes(label(archive)));
    if (known) continue;
    await ctr("images", "import", archive);
    await ctr("images", "label", name, label(archive));
  }
}

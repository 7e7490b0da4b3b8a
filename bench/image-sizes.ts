import { sandboxEnvironment } from "../sandbox/environment";
import { run } from "../sandbox/host/command";

/** Sizes of the stack's images in docker, uncompressed, with their base image. */
export async function imageSizes(): Promise<string[]> {
  const { env } = sandboxEnvironment();
  const lines = await run("docker", ["images", "--format", "{{.Repository}} {{.Size}}"], { env });
  const sizes = new Map(lines.split("\n").map((line) => line.split(" ") as [string, string]));
  return [...sizes]
    .filter(([name]) => /\/(kafka|services)$|^sandbox\//.test(name))
    .map(([name, size]) => `${name} ${size}`);
}

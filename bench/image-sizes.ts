import { run } from "kafka-stack-processes";
import { sandboxEnvironment } from "../sandbox";

/** Sizes of the stack's images in docker, uncompressed, with their base image. */
export async function imageSizes(): Promise<string[]> {
  const env = { ...process.env, ...sandboxEnvironment().env };
  const lines = await run("docker", ["images", "--format", "{{.Repository}} {{.Size}}"], { env });
  const sizes = new Map(lines.split("\n").map((line) => line.split(" ") as [string, string]));
  return [...sizes]
    .filter(([name]) => /\/(kafka|services)$|^sandbox\//.test(name))
    .map(([name, size]) => `${name} ${size}`);
}

import { run } from "../host/command";
import type { Paths } from "../paths";

/** Label of an image with the key of its sources. */
export const keyLabel = "sandbox.key";

/** The key of an image in the sandbox's docker; undefined when there is no such image. */
export async function imageKey(paths: Paths, name: string): Promise<string | undefined> {
  const listed = await docker(paths, ["image", "ls", "--quiet", "--no-trunc", name]);
  if (listed === "") return undefined;
  return docker(paths, ["image", "inspect", "--format", `{{index .Config.Labels "${keyLabel}"}}`, name]);
}

/** Runs the docker client against the sandbox's docker. */
export async function docker(paths: Paths, args: string[]): Promise<string> {
  return run("docker", args, { env: { DOCKER_HOST: `unix://${paths.dockerSocket}` } });
}

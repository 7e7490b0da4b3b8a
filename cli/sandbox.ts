/** `npm run sandbox`: the Kubernetes on this machine. */
import { Command, InvalidArgumentError } from "commander";
import { down, nfsDown, nfsStart, nfsStop, nfsUp, renderStatus, startNode, status, stopNode, up } from "../sandbox";

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return value;
  };
}

function commands(): Command {
  const program = new Command("sandbox").description(
    "A real Kubernetes on this machine, for trying the stack and for its tests.",
  );
  program
    .command("up")
    .description("build what is not built and start what does not run")
    .option("--nodes <count>", "number of nodes (default: as many as there were, or 1)", wholeNumber(1))
    .option("--no-images", "do not make the base images that the stack's images are built on")
    .action(async (options: { nodes?: number; images: boolean }) => {
      await up(options);
      console.log(
        renderStatus(await status())
          .split("\n")
          .at(-1),
      );
    });
  program
    .command("down")
    .description("stop everything and leave nothing behind; the cluster's data stay for the next up")
    .option("--data", "remove the cluster's data too")
    .action(async (options: { data?: boolean }) => {
      await down(options);
    });
  program
    .command("status")
    .description("show the daemons and the nodes; exit code 1 when something is missing")
    .option("--json", "for scripts")
    .action(async (options: { json?: boolean }) => {
      const found = await status();
      console.log(options.json ? JSON.stringify(found, undefined, 2) : renderStatus(found));
      process.exitCode = found.healthy ? 0 : 1;
    });
  const node = program.command("node").description("one node, by its number from 0");
  node
    .command("stop <n>")
    .description("end everything on it at once, like a power cut")
    .action(async (n: string) => {
      await stopNode(wholeNumber(0)(n));
    });
  node
    .command("start <n>")
    .description("start it again")
    .action(async (n: string) => {
      await startNode(wholeNumber(0)(n));
    });
  const nfs = program.command("nfs").description("NFS servers, each with an address and an export of its own");
  nfs
    .command("up")
    .description("start servers, print where they are, and make the nodes able to mount them")
    .requiredOption("--servers <count>", "how many there shall be at least", wholeNumber(1))
    .action(async (options: { servers: number }) => {
      for (const { server, path } of await nfsUp(options.servers)) console.log(`${server}:${path}`);
    });
  nfs
    .command("down")
    .description("stop all servers and keep their files")
    .option("--data", "delete their files too")
    .action(async (options: { data?: boolean }) => {
      await nfsDown(options);
    });
  nfs
    .command("stop <n>")
    .description("kill a server")
    .action(async (n: string) => {
      await nfsStop(wholeNumber(0)(n));
    });
  nfs
    .command("start <n>")
    .description("start it again")
    .action(async (n: string) => {
      await nfsStart(wholeNumber(0)(n));
    });
  return program;
}

export const command = commands();

import { CoreV1Api } from "@kubernetes/client-node";
import { Command } from "commander";
import type { AddressInfo } from "node:net";
import { kubeConfig } from "./kubernetes";
import { findPage, forwardPage } from "./page";
import { namespaceOf, type StackOptions } from "./stack-options";

/** `npm run ops -- top`: the page of the cluster in a terminal, from the same stream. */
export const top = (): Command =>
  new Command("top")
    .description(
      "see the cluster live in a terminal, until q; without a terminal it prints one state and ends. It shows what the page shows, in the same way and with the same rights",
    )
    .option("--once", "print one state and end, also on a terminal; exit code 1 when there is no answer", false)
    .configureHelp({ showGlobalOptions: true })
    .action(async (_own: unknown, command: Command) => {
      // Which stack, and where, are options of `ops`.
      const { once, ...options } = command.optsWithGlobals<StackOptions & { readonly once: boolean }>();
      const namespace = namespaceOf(process.cwd(), options);
      const config = await kubeConfig(options.context);
      await findPage(config.makeApiClient(CoreV1Api), namespace);
      const { top: show } = await import("../services/src/cluster/top.js");
      let explain: (reason: string) => void = () => undefined;
      const server = await forwardPage(config, namespace, 0, (line) => {
        explain(line);
      });
      const { port } = server.address() as AddressInfo;
      const { stdin: input, stdout: output, stderr: errors, env } = process;
      const shown = show({ url: `http://127.0.0.1:${port}/events`, once, input, output, errors, env });
      explain = shown.explain;
      process.exitCode = await shown.done;
      server.close();
    });

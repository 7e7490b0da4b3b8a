/** `npm run bench [-- name …]`: the measurements behind the figures in docs/figures.md, one line each. All but `kchat`, `lag`, `plan` and `preview` need the sandbox. */
import { Command } from "commander";
import { brokerRecovery } from "./broker-recovery";
import { brokerStart } from "./broker-start";
import { firstMessage } from "./first-message";
import { imageSizes } from "./image-sizes";
import { kchat } from "./kchat";
import { lag } from "./lag";
import { plan } from "./plan";
import { preview } from "./preview";
import { scaleOut } from "./scale-out";
import { throughput } from "./throughput";

const BENCHMARKS: Readonly<Record<string, () => Promise<string[]>>> = {
  "first-message": firstMessage,
  "image-sizes": imageSizes,
  kchat,
  lag,
  plan,
  preview,
  throughput,
  "broker-start": brokerStart,
  "broker-recovery": brokerRecovery,
  "scale-out": scaleOut,
};

new Command("bench")
  .argument("[names...]", `some of ${Object.keys(BENCHMARKS).join(", ")}; all by default`)
  .action(async (names: string[]) => {
    for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
      const benchmark = BENCHMARKS[name];
      if (!benchmark)
        throw new Error(`There is no benchmark ${name}; there are ${Object.keys(BENCHMARKS).join(", ")}.`);
      for (const line of await benchmark()) console.log(`${name}: ${line}`);
    }
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });

import { z } from "zod";
import { CannotKeepError, keepCertificates } from "./keep.js";
import { kubernetesSecrets } from "./secrets.js";

/** The program's only argument, as JSON. */
const schema = z.strictObject({
  namespace: z.string().min(1),
  /** Labels of the Secrets. */
  labels: z.record(z.string(), z.string()),
  authority: z.string().min(1),
  holders: z.record(
    z.string(),
    z.strictObject({
      name: z.string().min(1),
      hosts: z.array(z.string().min(1)),
      bootstrap: z.string().min(1).optional(),
    }),
  ),
});

/** Exit codes: 0 all certificates are up to date; 1 one is not, and the last line says why. */
async function main(): Promise<number> {
  try {
    const { namespace, labels, ...wanted } = schema.parse(JSON.parse(process.argv[2] ?? ""));
    const said = await keepCertificates(kubernetesSecrets(namespace, labels), wanted, new Date());
    for (const line of said.length > 0 ? said : ["all certificates are up to date"]) process.stdout.write(`${line}\n`);
    return 0;
  } catch (error) {
    const failure = error as Error;
    process.stderr.write(
      `${failure instanceof CannotKeepError ? failure.message : (failure.stack ?? failure.message)}\n`,
    );
    return 1;
  }
}

process.exitCode = await main();

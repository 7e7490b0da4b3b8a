import { z } from "zod";
import { CannotKeepError } from "./cannot-keep.js";
import { keepCertificates } from "./keep.js";
import { keepPasswords } from "./passwords.js";
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
  /** Passwords, where users have some. */
  scram: z
    .strictObject({
      store: z.string().min(1),
      users: z.record(
        z.string(),
        z.strictObject({ name: z.string().min(1), generation: z.int().min(1), bootstrap: z.string().min(1) }),
      ),
    })
    .optional(),
});

/** Exit codes: 0 all certificates and passwords are up to date; 1 one is not, and the last line says why. */
async function main(): Promise<number> {
  try {
    const { namespace, labels, scram, ...wanted } = schema.parse(JSON.parse(process.argv[2] ?? ""));
    const secrets = kubernetesSecrets(namespace, labels);
    const said = await keepCertificates(secrets, wanted, new Date());
    if (scram !== undefined) {
      const authority = (await secrets.read(wanted.authority))?.data["tls.crt"] ?? "";
      said.push(...(await keepPasswords(secrets, scram, authority)));
    }
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

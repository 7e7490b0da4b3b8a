import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

/** TLS options of a connection, read when it is made. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
}

/**
 * TLS with the certificate in a directory (`tls.crt`, `tls.key`, `ca.crt`), which is read for each new connection, so that a renewed one needs no
 * restart. Files that do not fit together, as in the middle of a renewal, are refused; the previous ones stay in use.
 *
 * @param directory where the files are; undefined for no TLS.
 * @throws when the first files cannot be used.
 */
export function tlsOptions(directory: string | undefined): TlsOptions | undefined {
  if (directory === undefined || directory === "") return undefined;
  let taken = read(directory);
  return {
    get secureContext() {
      try {
        taken = read(directory, taken);
      } catch {
        // The previous certificate may be valid for months; when it is not, connections fail with that reason.
      }
      return taken.context;
    },
  };
}

interface Taken {
  readonly files: string;
  readonly context: SecureContext;
}

function read(directory: string, before?: Taken): Taken {
  try {
    const [cert = "", key = "", ca = ""] = ["tls.crt", "tls.key", "ca.crt"].map((name) =>
      readFileSync(join(directory, name), "utf8"),
    );
    const files = JSON.stringify([cert, key, ca]);
    if (before?.files === files) return before;
    return { files, context: createSecureContext({ cert, key, ca, minVersion: "TLSv1.2" }) };
  } catch (error) {
    throw new Error(`The certificate in ${directory} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

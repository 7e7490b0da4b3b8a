import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

/** What a connection with TLS is made with, as it is when the connection is made. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
}

/**
 * TLS with the certificate of a directory (`tls.crt`, `tls.key`, `ca.crt`), which is read for each new connection: a renewed one needs no restart. What does not fit
 * together, because half of it is of another time, is not taken; what was read before it stays.
 *
 * @param directory where the files are; without one there is no TLS.
 * @throws when what is there cannot be used.
 */
export function tlsOptions(directory: string | undefined): TlsOptions | undefined {
  if (directory === undefined || directory === "") return undefined;
  let taken = read(directory);
  return {
    get secureContext() {
      try {
        taken = read(directory, taken);
      } catch {
        // The certificate before it may do for months; when it does not, connections say so.
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

import type { Path } from "../kubernetes/problems";
import type { Refused } from "./setting-refusals";
import type { Settings } from "./settings";
import { AUTHORIZER } from "../certificates/authorizer";

/** Settings that would open what certificates close, or have servers look for them elsewhere. */
const OPENS = /^(ssl\.|listener\.name\.|principal\.builder\.class$)/;

/** Settings of servers that are closed by certificates and that belong to the stack then. */
export function* closedSettings(settings: Settings, at: Path): Iterable<Refused> {
  for (const name of Object.keys(settings)) {
    const own = Object.hasOwn(AUTHORIZER, name);
    if (!own && !OPENS.test(name)) continue;
    const why =
      own && !name.startsWith("ssl.")
        ? "who may do what is said by users"
        : "it could let in clients without a certificate";
    yield { at: [...at, name], sentence: `belongs to the stack while authentication is tls: ${why}` };
  }
}

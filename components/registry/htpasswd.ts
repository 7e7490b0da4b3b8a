import { encodeBase64, hashSync } from "bcryptjs";
import { createHash } from "node:crypto";

/** Rounds, as a power of two: what htpasswd and bcrypt libraries take by default. The registry does as much at each request. */
const COST = 10;

/** Bytes of a bcrypt salt. */
const SALT = 16;

/**
 * A line of an htpasswd file, with the bcrypt hash that the registry asks for. The same input gives the same line, because another one would restart the registry
 * at each update: so the salt is derived, from the stack and the user. Not from the password: who sees the hash sees the salt, and could try passwords on it fast.
 *
 * @param stack what no other stack has, such as its cluster id; two stacks with one password then have two hashes.
 */
export function htpasswd(username: string, password: string, stack: string): string {
  const salt = createHash("sha256").update(`registry ${stack} ${username}`).digest().subarray(0, SALT);
  return `${username}:${hashSync(password, `$2b$${COST}$${encodeBase64([...salt], SALT)}`)}`;
}

import { encodeBase64, hashSync } from "bcryptjs";
import { createHash } from "node:crypto";

/** Rounds, as a power of two: the default of htpasswd and bcrypt libraries. The registry spends this at each request. */
const COST = 10;

/** Bytes of a bcrypt salt. */
const SALT = 16;

/**
 * A line of an htpasswd file, with the bcrypt hash that the registry needs. The line must be stable, because a new salt would restart the registry at
 * each update. So the salt is derived from the stack and the user; not from the password, because it is readable in the hash and would let others try
 * passwords quickly.
 *
 * @param stack unique to the stack, such as its cluster id; two stacks with one password then have two hashes.
 */
export function htpasswd(username: string, password: string, stack: string): string {
  const salt = createHash("sha256").update(`registry ${stack} ${username}`).digest().subarray(0, SALT);
  return `${username}:${hashSync(password, `$2b$${COST}$${encodeBase64([...salt], SALT)}`)}`;
}

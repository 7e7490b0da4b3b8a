/**
 * The name by which a user logs in with one of its passwords. Kafka keeps one password for a name: by a name of its own for each, two of them hold at a time, and a new one
 * interrupts nobody. Brokers know them as one user (kafkastack.PasswordPrincipalBuilder).
 *
 * @param generation which password, from 1
 */
export const loginOf = (user: string, generation: number): string =>
  generation === 1 ? user : `${user}@${generation}`;

/** The user, and which of its passwords, that a login is of. Names of users have no `@`. */
export function userOfLogin(login: string): { readonly user: string; readonly generation: number } {
  const [, user = login, generation = "1"] = /^(.*)@([0-9]+)$/.exec(login) ?? [];
  return { user, generation: Number(generation) };
}

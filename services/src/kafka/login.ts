/**
 * The name by which a user logs in with one of its passwords. Kafka stores one password per login, so each password gets its own login: the old one works until clients have
 * changed to the new one. Brokers map both to one user (kafkastack.PasswordPrincipalBuilder).
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

import {
  alterClientQuotasV1,
  ClientQuotaEntityTypes,
  type ClientQuotaKeyValue,
  ClientQuotaMatchTypes,
  describeClientQuotasV1,
} from "@platformatic/kafka";
import type { Cluster } from "../cluster.js";

/** Quotas of one user by Kafka's names: bytes per second, percent of a broker's threads, or changed partitions per second. */
export type Quotas = Readonly<Partial<Record<ClientQuotaKeyValue, number | undefined>>>;

/** The quotas of each user that has some of its own, whatever its clients call themselves. */
export async function readQuotas(cluster: Cluster): Promise<Map<string, Quotas>> {
  const asked = [{ entityType: ClientQuotaEntityTypes.USER, matchType: ClientQuotaMatchTypes.ANY }];
  const { entries } = await cluster.request("reading quotas", "any", describeClientQuotasV1.api, asked, true);
  return new Map(
    (entries ?? []).flatMap(({ entity, values }): [string, Quotas][] => {
      const [one, ...others] = entity;
      const name = one?.entityName;
      // Without a name it is what users have who have none of their own.
      if (name === null || name === undefined || others.length > 0) return [];
      return [[name, Object.fromEntries(values.map(({ key, value }) => [key, value]))]];
    }),
  );
}

/** Sets (or with `undefined` removes) quotas of one user. */
export async function alterQuotas(cluster: Cluster, user: string, changes: Quotas): Promise<void> {
  const ops = Object.entries(changes).map(([name, value]) => {
    const key = name as ClientQuotaKeyValue;
    return value === undefined ? { key, remove: true as const } : { key, value, remove: false as const };
  });
  const entities = [{ entityType: ClientQuotaEntityTypes.USER, entityName: user }];
  await cluster.request(
    `changing quotas of ${user}`,
    "controller",
    alterClientQuotasV1.api,
    [{ entities, ops }],
    false,
  );
}

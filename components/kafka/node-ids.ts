/** Node id of the first dedicated controller; a broker's node id is its ordinal. The config refuses more brokers than this. */
export const FIRST_CONTROLLER_ID = 9000;

/** Name of the StatefulSet and of its headless Service. */
export type Pool = "broker" | "controller";

/** Node ids of the servers of a pool, by ordinal. */
export function nodeIds(pool: Pool, replicas: number): number[] {
  return Array.from({ length: replicas }, (_, ordinal) => firstNodeId(pool) + ordinal);
}

/** Node id of the server with ordinal 0. */
export const firstNodeId = (pool: Pool): number => (pool === "broker" ? 0 : FIRST_CONTROLLER_ID);

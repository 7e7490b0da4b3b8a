/**
 * The stack file: its keys, their defaults and the rules between them. Other rooms import this module and no other of the folder. It needs no Pulumi: `program/load-config.ts` reads the config
 * that Pulumi hands over.
 */
export { foreignKeys } from "./foreign-keys";
export { immutableSettingsOf, MOVING_DATA, refusals } from "./immutable-settings";
export { hasData, judge } from "./judge";
export { KAFKA_VERSIONS, type KafkaVersion } from "./kafka";
export { isExact, valueFromText } from "./numbers";
export { parseConfig } from "./parse";
export { serverPools, type ServerPool } from "./pools";
export { formatPath, type Path, type Problem } from "./problems";
export type { PlainConfig } from "./resolve";
export { nodePortUses } from "./rules/ports";
export { stackSchema } from "./schema";
export type { StackConfig } from "./stack-config";
export { stackProblems } from "./stack-name";
export { bare, metaOf, shapeOf, variantName, variants } from "./walk";

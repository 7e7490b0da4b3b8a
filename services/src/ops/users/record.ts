import { type Acl, AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from "@platformatic/kafka";
import { principalOf } from "./acls.js";

/**
 * The stack records which users it made beside their rights, so that the two are stored and restored together: in ACLs that allow the stack's own operations, which may do
 * everything anyway, to describe a user's delegation tokens, which the stack does not use.
 */
const KEEPER = principalOf("kafka-ops");

/** The record that all users have been granted their rights once. kafkastack.StackAuthorizer looks for this name. */
const GRANTED = "kafka-stack";

/** The record of a user. */
export const recordOf = (user: string): Acl => ({
  resourceType: ResourceTypes.USER,
  resourceName: user,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  principal: KEEPER,
  host: "*",
  operation: AclOperations.DESCRIBE_TOKENS,
  permissionType: AclPermissionTypes.ALLOW,
});

/** The record that rights are granted: it ends the rights of the time before the authorizer. */
export const granted = (): Acl => recordOf(GRANTED);

/** Whether an ACL is a record, and no right. */
export const isRecord = ({ resourceType, principal }: Acl): boolean =>
  resourceType === ResourceTypes.USER && principal === KEEPER;

/** The users that the ACLs of a cluster record. */
export const recorded = (acls: readonly Acl[]): string[] =>
  acls.filter((acl) => isRecord(acl) && acl.resourceName !== GRANTED).map(({ resourceName }) => resourceName);

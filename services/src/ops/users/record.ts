import { type Acl, AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from "@platformatic/kafka";
import { principalOf } from "./acls.js";

/**
 * Which users the stack made is written where their rights are, so that it is as safe and as old as these: in ACLs that allow the stack's own operations, which may do everything
 * anyway, to describe the tokens of a user. Kafka has delegation tokens of users; the stack does not.
 */
const KEEPER = principalOf("kafka-ops");

/** The record that all users of the stack have got their rights once. kafkastack.StackAuthorizer knows it by this name. */
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

/** What says that rights are granted: from then on nobody has those of the time before the authorizer. */
export const granted = (): Acl => recordOf(GRANTED);

/** Whether an ACL is a record, and no right. */
export const isRecord = ({ resourceType, principal }: Acl): boolean =>
  resourceType === ResourceTypes.USER && principal === KEEPER;

/** The users that the ACLs of a cluster record. */
export const recorded = (acls: readonly Acl[]): string[] =>
  acls.filter((acl) => isRecord(acl) && acl.resourceName !== GRANTED).map(({ resourceName }) => resourceName);

import type { CertificateHolder } from "./tls-files";

/** The principal that Kafka knows a holder of a certificate by. */
const principal = (holder: CertificateHolder | EarlierHolder): string => `User:kafka-${holder}`;

/** Who had a certificate in a version of the stack whose servers had no authorizer, and whose certificates may still be valid. */
type EarlierHolder = "chat";

/**
 * Settings of servers that are closed by certificates: nobody may do what no ACL allows, but servers and the stack's own operations. The Job `finish` brings about the ACLs;
 * before they are granted for the first time, whom the stack of before gave a certificate may do what it could then (images/kafka/src/kafkastack/StackAuthorizer.java).
 */
export const AUTHORIZER = {
  "authorizer.class.name": "kafkastack.StackAuthorizer",
  "authorizer.before.grants": [principal("chat"), principal("client"), principal("ops")].join(";"),
  "allow.everyone.if.no.acl.found": false,
  "super.users": [principal("broker"), principal("controller"), principal("ops")].join(";"),
  // A certificate of the stack's authority has a common name and nothing else.
  "ssl.principal.mapping.rules": "RULE:^CN=([a-z0-9.-]+)$/$1/,DEFAULT",
} as const;

import type { CertificateHolder } from "./tls-files";

/** The principal of a certificate's holder. */
const principal = (holder: CertificateHolder | EarlierHolder): string => `User:kafka-${holder}`;

/** Holders of certificates of an earlier version, whose servers had no authorizer. The certificates may still be valid. */
type EarlierHolder = "chat";

/**
 * Settings of servers that are closed by certificates: except for servers and the stack's own operations, everybody needs an ACL for everything. The Job `finish` grants the
 * ACLs. Until it has granted them for the first time, clients of an earlier version may do what they could then (images/kafka/src/kafkastack/StackAuthorizer.java).
 */
export const AUTHORIZER = {
  "authorizer.class.name": "kafkastack.StackAuthorizer",
  "authorizer.before.grants": [principal("chat"), principal("client"), principal("ops")].join(";"),
  "allow.everyone.if.no.acl.found": false,
  "super.users": [principal("broker"), principal("controller"), principal("ops")].join(";"),
  // A certificate of the stack's authority has a common name and nothing else.
  "ssl.principal.mapping.rules": "RULE:^CN=([a-z0-9.-]+)$/$1/,DEFAULT",
} as const;

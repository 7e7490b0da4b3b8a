import type { Policies } from "@pulumi/policy";

import * as access from "./rules/access";
import * as availability from "./rules/availability";
import * as exposure from "./rules/exposure";
import * as images from "./rules/images";
import * as kafka from "./rules/kafka";
import * as resources from "./rules/resources";
import * as hardening from "./rules/security/hardening";
import * as hostAccess from "./rules/security/host-access";
import * as privileges from "./rules/security/privileges";
import * as secrets from "./rules/security/secrets";
import * as storage from "./rules/storage";

/** Every policy of the pack, which is all that the rules' modules export, in order of their names. */
export const policies: Policies = [
  resources,
  images,
  hostAccess,
  privileges,
  hardening,
  secrets,
  availability,
  kafka,
  storage,
  exposure,
  access,
]
  .flatMap((rules): Policies => Object.values(rules))
  .sort((one, other) => one.name.localeCompare(other.name));

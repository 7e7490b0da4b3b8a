import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies";

new PolicyPack("kafka-stack", { policies, enforcementLevel: "mandatory" });

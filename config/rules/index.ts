import type { Path, Problem } from "../problems";
import { containerRules } from "./containers";
import { kafkaRules } from "./kafka";
import { monitoringRules } from "./monitoring";
import { listenerRules } from "./listeners";
import { podRules } from "./pods";
import { portRules } from "./ports";
import type { Rule, Subject } from "./rule";
import { serviceRules } from "./services";
import { settingRules } from "./settings";
import { storageRules } from "./storage";
import { topicRules } from "./topics";
import { userRules } from "./users";

const RULES: readonly Rule[] = [
  ...kafkaRules,
  ...settingRules,
  ...topicRules,
  ...storageRules,
  ...containerRules,
  ...portRules,
  ...listenerRules,
  ...serviceRules,
  ...monitoringRules,
  ...podRules,
  ...userRules,
];

const overlap = (a: Path, b: Path): boolean => a.every((key, index) => index >= b.length || key === b[index]);

/** Checks the rules between keys, except those that read a removed key. */
export function check({ left, ...subject }: Subject & { readonly left: readonly Path[] }): Problem[] {
  return RULES.filter(({ reads }) => !reads.some((path) => left.some((gone) => overlap(path, gone)))).flatMap(
    (rule) => [...rule.check(subject)],
  );
}

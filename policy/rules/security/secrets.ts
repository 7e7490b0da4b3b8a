import { matchesAny } from "../../model/pattern";
import { resourcePolicy, workloadPolicy } from "../../model/policy";
import { list } from "../../model/settings";
import type { Value } from "../../model/value";

const allowedNames = list([], "Names that look like a secret's and are none; * stands for any characters.");

/** Names of variables and keys whose value is a secret: the last word counts, so `TOKEN_TTL` and `PASSWORD_FILE` are none. */
const secretName =
  /(^|[._-])(password|passwd|passphrase|secret|token|credentials?|(secret|private|api|access)[._-]?key)$/i;

/** Strings that contain a secret, whatever their name. A reference such as `${file:…}` or `$(NAME)` is none. */
const secretTexts: readonly (readonly [what: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a URL with a password", /:\/\/[^/\s:@]+:[^/\s@$]+@/],
  [
    "a password",
    /(^|[\s"'._-])(password|passwd|passphrase|secret|(secret|private|api)[._-]?key)["']?[ \t]*[=:][ \t]*["']?[^\s"'$#]/im,
  ],
];

/** Whoever may read a pod's spec can read its environment. */
export const containerEnvironmentHasNoSecret = workloadPolicy({
  name: "container-environment-has-no-secret",
  description: "No environment variable holds a secret in plain text.",
  severity: "critical",
  remediationSteps: "Put the value into a Secret and refer to it by valueFrom.secretKeyRef, or mount it as a file.",
  settings: { allowedNames },
  check: ({ containers }, report, settings) => {
    for (const { name, value } of containers) {
      for (const variable of value.at("env").items()) {
        const variableName = variable.at("name").text ?? "";
        const found = findSecret(variableName, variable.at("value"), settings.allowedNames);
        if (found !== undefined) {
          report(`container ${name}: the variable ${variableName} holds ${found} in plain text`);
        }
      }
    }
  },
});

/** A ConfigMap is not encrypted at rest, and more people may read it than a Secret. */
export const configMapHasNoSecret = resourcePolicy({
  name: "config-map-has-no-secret",
  description: "No ConfigMap holds a secret.",
  severity: "critical",
  remediationSteps: "Put the value into a Secret; Kafka reads it by ${file:…} with a config provider.",
  settings: { allowedNames },
  check: ({ kind, properties }, report, settings) => {
    if (kind !== "ConfigMap") {
      return;
    }
    for (const [key, value] of properties.at("data").entries()) {
      const found = findSecret(key, value, settings.allowedNames);
      if (found !== undefined) {
        report(`the key ${key} holds ${found}`);
      }
    }
  },
});

/** What kind of secret a value is; undefined when it is none. The value itself never gets into a message. */
function findSecret(name: string, value: Value, allowed: readonly string[]): string | undefined {
  const text = value.text?.trim() ?? "";
  if (text === "" || matchesAny(allowed, name)) {
    return undefined;
  }
  if (secretName.test(name) && !/^\$[({]/.test(text)) {
    return "a secret";
  }
  return secretTexts.find(([, form]) => form.test(text))?.[0];
}

import type * as pulumi from "@pulumi/pulumi";
import type { PlainConfig } from "./resolve";

/** Values that must never be in a plain state or diff; each is a Pulumi secret. */
export interface Secrets {
  readonly registryPassword?: pulumi.Output<string>;
  readonly registryCa?: pulumi.Output<string>;
  readonly registryHaSharedSecret?: pulumi.Output<string>;
  readonly kchatToken?: pulumi.Output<string>;
}

/** The validated config of a stack, every default filled in. */
export type StackConfig = Omit<PlainConfig, "registry" | "kchat"> & {
  registry: Omit<PlainConfig["registry"], "password" | "ca" | "haSharedSecret">;
  kchat: Omit<PlainConfig["kchat"], "token">;
  secrets: Secrets;
};

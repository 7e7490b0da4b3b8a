import type { Problem } from "../problems";
import { type Rule, type Subject, complain, refuse } from "./rule";

/** Bytes of a password that bcrypt looks at. */
const BCRYPT_BYTES = 72;

function* registry({ written }: Subject): Iterable<Problem> {
  const { external, pushAddress, username, password, ca } = written.registry;
  if (external && pushAddress === undefined) {
    yield complain(
      ["registry", "pushAddress"],
      "is missing; allowed is the address of the registry, which registry.external says exists already",
    );
  }
  if (username !== undefined && password === undefined) {
    yield complain(["registry", "password"], "is missing; allowed is the password that goes with registry.username");
  }
  if (username === undefined && password !== undefined) {
    yield complain(["registry", "username"], "is missing; allowed is the user name that goes with registry.password");
  }
  if (!external && password !== undefined && Buffer.byteLength(password) > BCRYPT_BYTES) {
    yield complain(
      ["registry", "password"],
      `is refused; allowed are at most ${BCRYPT_BYTES} bytes: the stack's own registry checks it by bcrypt, which reads no more`,
    );
  }
  if (!external && ca !== undefined) {
    yield complain(
      ["registry", "ca"],
      "has no effect unless registry.external is true: the stack's own registry speaks plain HTTP",
    );
  }
}

function* autoscaling(subject: Subject): Iterable<Problem> {
  const { autoscaling: scaling } = subject.config.kchat;
  if (scaling && scaling.min > scaling.max) {
    yield refuse(
      subject,
      ["kchat", "autoscaling", "min"],
      `at most ${scaling.max}, the value of kchat.autoscaling.max`,
    );
  }
}

/** The registry and the chat application. */
export const serviceRules: readonly Rule[] = [
  { reads: [["registry"]], check: registry },
  { reads: [["kchat", "autoscaling"]], check: autoscaling },
];

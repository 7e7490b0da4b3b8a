import type { Problem } from "../problems";
import { type Rule, type Subject, complain, refuse } from "./rule";

/** Bytes of a password that bcrypt uses. */
const BCRYPT_BYTES = 72;

function* registry({ written }: Subject): Iterable<Problem> {
  const { external, pushAddress, username, password, ca } = written.registry;
  if (external && pushAddress === undefined) {
    yield complain(
      ["registry", "pushAddress"],
      "is missing; allowed is the address of the registry, because registry.external says that it exists already",
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
      `is refused; allowed are at most ${BCRYPT_BYTES} bytes: the stack's own registry checks it with bcrypt, which ignores the rest`,
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

function* images({ written }: Subject): Iterable<Problem> {
  if (written.images.kafka !== undefined && written.kafka.version === undefined) {
    const why = "the Kafka version in images.kafka, which nothing else tells before a pod runs";
    yield complain(["kafka", "version"], `is missing; allowed is ${why}`);
  }
}

/** The registry, the images and the chat application. */
export const serviceRules: readonly Rule[] = [
  { reads: [["images"], ["kafka", "version"]], check: images },
  { reads: [["registry"]], check: registry },
  { reads: [["kchat", "autoscaling"]], check: autoscaling },
];

import { down, up, type Outcome } from "../support/stack";

/** The stack that faults happen to: claims of the nodes' own disks, controllers in pods of their own, brokers that the load reaches. */
export const STACK = "storageclass";

/** Config beside the stack file's, as it is now. The suite begins with one controller and the version before the last. */
const config: Record<string, string> = {
  "kafka.external.enabled": "true",
  "kafka.version": "4.2.1",
  "controllers.replicas": "1",
};

/** The config of this moment as the command line takes it. */
export const settings = (changed: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries({ ...config, ...changed }).map(([key, value]) => `${key}=${value}`);

/** Brings the stack up with some of its config changed, for good when that succeeds. */
export async function change(changed: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const outcome = await up(STACK, ...settings(changed));
  Object.assign(config, changed);
  return outcome;
}

/** Takes the stack down; its data stays. */
export const takeDown = (): Promise<Outcome> => down(STACK);

import { down, up, type Outcome } from "../support/stack";

/** The faults' stack: claims on the nodes' own disks, dedicated controllers, brokers that the load can reach. */
export const STACK = "storageclass";

/** Config besides the stack file's, as it is now. The suite begins with one controller and the version before the last. */
const config: Record<string, string> = {
  "kafka.external.enabled": "true",
  "kafka.version": "4.2.1",
  "controllers.replicas": "1",
};

/** The current config for the command line. */
export const settings = (changed: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries({ ...config, ...changed }).map(([key, value]) => `${key}=${value}`);

/** Brings the stack up with changed config, and keeps the change when that succeeds. */
export async function change(changed: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const outcome = await up(STACK, ...settings(changed));
  Object.assign(config, changed);
  return outcome;
}

/** Takes the stack down; its data stays. */
export const takeDown = (): Promise<Outcome> => down(STACK);

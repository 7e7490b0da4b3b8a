import { sandboxEnvironment } from "../../sandbox/environment";
import { run } from "../../sandbox/host/command";

/** Runs kubectl against the sandbox. @returns its standard output. @throws with its error text. */
export function kubectl(...args: string[]): Promise<string> {
  return run("kubectl", args, { env: sandboxEnvironment().env });
}

/** What `kubectl get … -o json` answers. */
export async function get<T>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl("get", ...args, "-o", "json")) as T;
}

/** Runs a command in a pod of the stack. */
export function inPod(pod: string, ...command: string[]): Promise<string> {
  return kubectl("exec", "-n", "kafka", pod, "--", ...command);
}

import * as pulumi from "@pulumi/pulumi";

interface HookTaker {
  registerResourceHook?: (request: unknown, callback: (error: unknown) => void) => void;
}

const mocked = new WeakSet<object>();

/** Whether {@link tolerateMocks} has found that this program runs under Pulumi's mocks. */
export const isMocked = (monitor: object): boolean => mocked.has(monitor);

/**
 * Lets programs with hooks run under Pulumi's mocks, which lack the request that registers a hook: the SDK would fail on it. Mocks change nothing, so
 * hooks are never called. The engine always has the request.
 */
export function tolerateMocks(): void {
  const monitor = pulumi.runtime.getMonitor() as HookTaker | undefined;
  if (monitor === undefined || monitor.registerResourceHook !== undefined) return;
  mocked.add(monitor);
  monitor.registerResourceHook = (_, callback) => {
    callback(null);
  };
}

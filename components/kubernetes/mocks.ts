import * as pulumi from "@pulumi/pulumi";

interface HookTaker {
  registerResourceHook?: (request: unknown, callback: (error: unknown) => void) => void;
}

/**
 * Lets programs that use hooks run under Pulumi's mocks, with which programs are tested: the mocks lack the request that registers a hook, and the SDK would fail on it.
 * They change nothing, so that no hook is ever to be called. The engine always has the request.
 */
export function tolerateMocks(): void {
  const monitor = pulumi.runtime.getMonitor() as HookTaker | undefined;
  if (monitor === undefined || monitor.registerResourceHook !== undefined) return;
  monitor.registerResourceHook = (_, callback) => {
    callback(null);
  };
}

/** What tells of a container whether it has started, may get connections, or is to be restarted. */
export type Probe = "startup" | "readiness" | "liveness";

/** When the probes of one kind of container ask. */
export interface ProbeTimes {
  /** Seconds that an answer may take. */
  readonly timeoutSeconds: number;
  readonly startup: Times;
  readonly readiness: Times;
  readonly liveness: Times;
}

interface Times {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** Of servers: the endpoint answers as soon as the JVM runs, which takes its time on a node where many start. */
export const SERVER_PROBES: ProbeTimes = {
  timeoutSeconds: 5,
  startup: { periodSeconds: 1, failureThreshold: 600 },
  readiness: { periodSeconds: 1, failureThreshold: 6 },
  liveness: { periodSeconds: 10, failureThreshold: 6 },
};

/** Of the chat's services. */
export const SERVICE_PROBES: ProbeTimes = {
  timeoutSeconds: 3,
  startup: { periodSeconds: 1, failureThreshold: 60 },
  readiness: { periodSeconds: 2, failureThreshold: 2 },
  liveness: { periodSeconds: 10, failureThreshold: 3 },
};

/** A probe by HTTP. */
export const httpProbe = (times: ProbeTimes, probe: Probe, path: string, port: number) => ({
  httpGet: { path, port },
  timeoutSeconds: times.timeoutSeconds,
  ...times[probe],
});

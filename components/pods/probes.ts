/** The probes of a container: has it started, may it get connections, must it be restarted. */
export type Probe = "startup" | "readiness" | "liveness";

/** Timing of one kind of container's probes. */
export interface ProbeTimes {
  /** Seconds for an answer. */
  readonly timeoutSeconds: number;
  readonly startup: Times;
  readonly readiness: Times;
  readonly liveness: Times;
}

interface Times {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** Timing for servers: the endpoint answers as soon as the JVM runs, which takes a while on a node where many start. */
export const SERVER_PROBES: ProbeTimes = {
  timeoutSeconds: 5,
  startup: { periodSeconds: 1, failureThreshold: 600 },
  readiness: { periodSeconds: 1, failureThreshold: 6 },
  liveness: { periodSeconds: 10, failureThreshold: 6 },
};

/** Timing for the chat's services. */
export const SERVICE_PROBES: ProbeTimes = {
  timeoutSeconds: 3,
  startup: { periodSeconds: 1, failureThreshold: 60 },
  readiness: { periodSeconds: 2, failureThreshold: 2 },
  liveness: { periodSeconds: 10, failureThreshold: 3 },
};

/** An HTTP probe. */
export const httpProbe = (times: ProbeTimes, probe: Probe, path: string, port: number) => ({
  httpGet: { path, port },
  timeoutSeconds: times.timeoutSeconds,
  ...times[probe],
});

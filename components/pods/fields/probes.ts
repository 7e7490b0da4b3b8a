import { list, object, oneOf, text, whole } from "../shape";
import { anyText, port, seconds, texts } from "./forms";

/** Newer versions of `restricted` refuse another host, to which the kubelet would connect. */
const HOST = { host: "the probe is for the pod itself" };
const action = {
  exec: object({ "command!": texts }),
  httpGet: object(
    {
      "port!": port,
      path: anyText,
      scheme: oneOf("HTTP", "HTTPS"),
      httpHeaders: list(object({ "name!": text(), value: anyText }), "a list of headers"),
    },
    HOST,
  ),
  tcpSocket: object({ "port!": port }, HOST),
};
/** When a probe asks, and how often it may fail. */
export const timing = {
  initialDelaySeconds: whole(0, 86_400),
  periodSeconds: seconds,
  timeoutSeconds: seconds,
  failureThreshold: whole(1, 10_000),
};
/** A probe. */
export const probe = object({
  ...action,
  grpc: object({ "port!": whole(1, 65_535), service: text() }),
  ...timing,
  successThreshold: whole(1, 100),
  terminationGracePeriodSeconds: seconds,
});
/** What runs when a container starts, or before it stops. */
export const handler = object({ ...action, sleep: object({ "seconds!": seconds }) });

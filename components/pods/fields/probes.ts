import { exactlyOne, list, object, oneOf, type Shape, text, whole } from "../shape";
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
const probe = (more: Readonly<Record<string, Shape>>) =>
  object(
    { ...action, grpc: object({ "port!": whole(1, 65_535), service: text() }), ...timing, ...more },
    {},
    exactlyOne("exec", "httpGet", "tcpSocket", "grpc"),
  );
/** A probe whose failure restarts the container. */
export const restarting = probe({ successThreshold: whole(1, 1), terminationGracePeriodSeconds: seconds });
/** A probe whose failure takes the pod out of its Services. */
export const readiness = probe({ successThreshold: whole(1, 100) });
/** What runs when a container starts, or before it stops. */
export const handler = object(
  { ...action, sleep: object({ "seconds!": seconds }) },
  {},
  exactlyOne("exec", "httpGet", "tcpSocket", "sleep"),
);

import type { Refused } from "./case";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** Bad configs by their fault. */
export const SERVICES: Readonly<Record<string, readonly Refused[]>> = {
  "registry and chat": [
    [{ registry: { chart: "docker-registry" } }, "registry.chart", "a chart repository's URL, or a path"],
    [{ registry: { chartVersion: "latest" } }, "registry.chartVersion", "a version such as 3.0.0"],
    [{ registry: { external: true } }, "registry.pushAddress", "is missing"],
    [{ registry: { pushAddress: "https://registry" } }, "registry.pushAddress", "without a scheme"],
    [{ registry: { username: "push" } }, "registry.password", "is missing"],
    [{ registry: { password: "hunter2" } }, "registry.username", "is missing"],
    [{ registry: { ca: PEM } }, "registry.ca", "has no effect unless registry.external"],
    [
      { registry: { external: true, pushAddress: "r", ca: "PEM" } },
      "registry.ca",
      "the secret is refused; allowed is one",
    ],
    [{ registry: { username: "a:b", password: "hunter2" } }, "registry.username", "without spaces and colons"],
    [{ registry: { username: "push", password: "x".repeat(73) } }, "registry.password", "at most 72 bytes"],
    [{ registry: { pullWithPassword: "never" } }, "registry.pullWithPassword", "true or false"],
    [{ registry: { haSharedSecret: "" } }, "registry.haSharedSecret", "the secret is refused"],
    [{ kchat: { rooms: ["lobby"] } }, "kchat.rooms[0]", "declared are chatroom"],
    [{ kchat: { rooms: [] } }, "kchat.rooms", "at least one"],
    [{ kchat: { rooms: ["chatroom", "chatroom"] } }, "kchat.rooms[1]", "named twice"],
    [{ topics: [] }, "topics", "kchat needs at least one topic"],
    [{ kchat: { autoscaling: { min: 5, max: 2 } } }, "kchat.autoscaling.min", "at most 2"],
    [{ kchat: { ingress: { host: "chat room" } } }, "kchat.ingress.host", "a host name"],
    [{ kchat: { trustedProxies: ["10.0.0.0/33"] } }, "kchat.trustedProxies[0]", "CIDR ranges"],
    [{ kchat: { trustedProxies: ["10.0.0.1", "proxy"] } }, "kchat.trustedProxies[1]", "CIDR ranges"],
    [{ kchat: { trustedProxies: ["fe80::1%eth0"] } }, "kchat.trustedProxies[0]", "CIDR ranges"],
    [{ kchat: { trustedProxies: ["10.0.0.0/08"] } }, "kchat.trustedProxies[0]", "CIDR ranges"],
    [{ kchat: { trustedProxies: "10.0.0.1" } }, "kchat.trustedProxies", "a list"],
  ],
  "secrets that nobody could send": [
    ...["a\nb", "é", "a\0b", " \n"].map((token): Refused => [{ kchat: { token } }, "kchat.token", "visible ASCII"]),
    [{ registry: { username: "u", password: "a\0b" } }, "registry.password", "without control characters"],
    [{ registry: { username: "u\0v", password: "p" } }, "registry.username", "without spaces"],
  ],
};

import assert from "node:assert/strict";
import { show } from "../components/kubernetes/problems";
import { parseConfig } from "./parse";

const SECRET = "hunter2";

const settings = (config: unknown): object => ({ kafka: { config } });
const pem = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`;

/** Wrong configs with a secret in them, where it belongs or near that place. */
const CONFIGS: readonly object[] = [
  ...[[SECRET], { value: SECRET }, `${SECRET}\0`, [{ [SECRET]: SECRET }]].flatMap((value) => [
    { registry: { username: "u", password: value } },
    { registry: { external: true, pushAddress: "r", ca: value } },
    { registry: { haSharedSecret: [value] } },
    { kchat: { token: [value] } },
  ]),
  { registry: [{ password: SECRET }] },
  { registry: ["u", SECRET] },
  { registry: SECRET },
  { registry: `{"username": "u", "password": "${SECRET}"` },
  { registry: { passwrd: SECRET } },
  { kchat: [{ token: SECRET }] },
  { kchat: `token: ${SECRET}` },
  { registry: { pushAddress: `https://push:${SECRET}@registry.example.com` } },
  { registry: { pushAddress: `push:${SECRET}@registry.example.com` } },
  { registry: { chart: `push:${SECRET}@charts.example.com` } },
  { images: { mavenMirror: `maven:${SECRET}@maven.example.com` } },
  { images: { kafka: `push:${SECRET}@registry.example.com/kafka:4.3.1` } },
  { cluster: { kubeconfig: { users: [{ user: { token: SECRET } }] } } },
  { cluster: `token: ${SECRET}` },
  settings(`ssl.keystore.password=${SECRET}`),
  settings([`ssl.keystore.password=${SECRET}`]),
  ...[
    "ssl.keystore.password",
    "ssl.keystore.key",
    "sasl.jaas.config",
    "listener.name.external.scram-sha-512.sasl.jaas.config",
    "rlmm.config.remote.log.metadata.common.client.sasl.jaas.config",
    "plugin.db.password",
    "plugin.client.secret",
  ].flatMap((name) =>
    [[SECRET], { value: SECRET }, `Login required username="u"\npassword="${SECRET}";`, pem].map((value) =>
      settings({ [name]: value }),
    ),
  ),
  settings({ "log.retention.hours": pem }),
  settings({ "log.retention.hours": { password: SECRET } }),
  { topics: [{ name: "chatroom", config: { "ssl.keystore.password": [SECRET] } }] },
  { topics: [{ name: `password=${SECRET} x` }] },
  { pods: { broker: { env: [{ name: "DB_PASSWORD", value: { secret: SECRET } }] } } },
  { pods: { broker: { env: { DB_PASSWORD: SECRET } } } },
];

describe("a secret in a wrong config", () => {
  for (const config of CONFIGS) {
    it(`stays out of the message: ${JSON.stringify(config)}`, () => {
      const result = parseConfig(config as Record<string, unknown>);
      assert.ok(!result.ok);
      for (const { path, message } of result.problems) {
        assert.ok(!`${path}: ${message}`.includes(SECRET), `${path}: ${message}`);
      }
    });
  }

  it("is told to leave the settings, whatever its type, and not to have another type", () => {
    for (const value of [["x"], null, "a\nb", "x"]) {
      const result = parseConfig({ kafka: { config: { "ssl.keystore.password": value } } });
      assert.deepEqual(result.ok ? [] : result.problems.map(({ message }) => message), [
        "is a secret, which must not stand among the broker's plain settings",
      ]);
    }
  });
});

describe("a value in a message", () => {
  const SHOWN: readonly (readonly [unknown, string])[] = [
    [3, "3"],
    [null, "null"],
    [undefined, "undefined"],
    [10n, "10"],
    ["", "an empty text"],
    [" \n", "a blank text"],
    ["a\n b", "a b"],
    [[1], "a list"],
    [{ a: 1 }, "a map"],
    ["x".repeat(70), `${"x".repeat(57)}...`],
    ["registry.example.com:5000/kafka:4.3.1@sha256:12", "registry.example.com:5000/kafka:4.3.1@sha256:12"],
    ["https://me:secret@host/path", "https://…@host/path"],
    ["fd00::1", "fd00::1"],
  ];

  for (const [value, text] of SHOWN) {
    it(`is ${text}`, () => {
      assert.equal(show(value), text);
    });
  }
});

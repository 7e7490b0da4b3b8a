import * as rules from "../../rules/security/secrets";
import { configMap, deployment, statefulSet, unknown } from "../builders";
import { expectations, fails, passes, waits } from "../expectations";

const variable = (name: string, value: string) => deployment({ container: { env: [{ name, value }] } });
const key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";

expectations(
  rules.containerEnvironmentHasNoSecret,
  fails(
    "with a password",
    variable("KCHAT_TOKEN", "s3cr3t"),
    /container main: the variable KCHAT_TOKEN holds a secret in plain text$/,
  ),
  fails(
    "with a URL that holds a password",
    variable("DATABASE", "postgres://app:hunter2@db/app"),
    /a URL with a password/,
  ),
  fails(
    "with a login in Kafka's options",
    variable("KAFKA_OPTS", '-Dsasl.jaas.config=... username="a" password="b";'),
    /KAFKA_OPTS holds a password/,
  ),
  passes("with a path to a password", variable("SSL_KEYSTORE_PASSWORD_FILE", "/run/secrets/password")),
  passes("with a number about tokens", variable("TOKEN_TTL_SECONDS", "60")),
  passes(
    "with a reference to a Secret",
    deployment({ container: { env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }] } }),
  ),
  passes("with a reference to another variable", variable("API_KEY", "$(OTHER)")),
  passes("with an allowed name", variable("PUBLIC_TOKEN", "x"), { allowedNames: ["PUBLIC_*"] }),
  waits("the value is unknown", variable("PASSWORD", unknown)),
);

expectations(
  rules.configMapHasNoSecret,
  fails(
    "with a private key",
    configMap("tls", { "tls.pem": key }),
    /ConfigMap kafka\/tls: the key tls\.pem holds a private key$/,
  ),
  fails(
    "with a password in Kafka's settings",
    configMap("settings", { "server.properties": "a=b\nssl.keystore.password=changeit\n" }),
    /the key server\.properties holds a password/,
  ),
  fails(
    "with a password in JSON",
    configMap("a", { "config.json": '{"user":"a","password":"b"}' }),
    /holds a password/,
  ),
  passes(
    "with settings about secrets",
    configMap("settings", {
      "server.properties": "delegation.token.max.lifetime.ms=1\nssl.keystore.password=${file:/run/p:q}\n",
    }),
  ),
  passes("what is no ConfigMap", statefulSet()),
  waits("the data is unknown", configMap("settings", { password: unknown })),
  waits("all data is unknown", configMap("settings", unknown)),
);

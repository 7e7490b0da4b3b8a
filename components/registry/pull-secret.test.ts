import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { redact } from "kafka-stack-engine";
import { labelsOf, one, parts, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { PullSecret } from "./pull-secret";

const secretFor = (pullAddress: string) =>
  registered(
    () =>
      new PullSecret("pull", { ...SCOPE, pullAddress, username: "puller", password: pulumi.secret("seen-password") }),
  );

describe("PullSecret", () => {
  it("is a docker config for the registry's host, whatever the path of images", async () => {
    const resources = await secretFor("registry.example.com:5000/team/kafka");
    assert.deepEqual(parts(resources), ["Secret pull"]);
    const { metadata, type, stringData } = one(resources, "Secret").inputs;
    assert.deepEqual(metadata, {
      name: "registry-pull",
      namespace: "kafka",
      labels: labelsOf("registry", "docker-registry"),
    });
    assert.equal(type, "kubernetes.io/dockerconfigjson");
    const config = (stringData as Record<string, string>)[".dockerconfigjson"] ?? "";
    assert.deepEqual(JSON.parse(config), {
      auths: {
        "registry.example.com:5000": {
          username: "puller",
          password: "seen-password",
          auth: Buffer.from("puller:seen-password").toString("base64"),
        },
      },
    });
  });

  it("shows nobody the password", async () => {
    const { marked } = one(await secretFor("localhost:31500"), "Secret");
    assert.doesNotMatch(JSON.stringify(redact(marked)), /seen-password/);
  });
});

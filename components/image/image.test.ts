import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { type PropertyMap, redact } from "kafka-stack-engine";
import { record, registered, type Recorded } from "../../test/support/recording";
import { contentHash } from "./content-hash";
import { Image, type ImageArgs } from "./image";

const source = { context: __dirname, dockerfile: join(__dirname, "image.ts"), args: { VERSION: "1" } };
const args: ImageArgs = {
  ...source,
  repository: "kafka",
  registry: { pushAddress: "localhost:31500", pullAddress: "registry.example.com" },
};

const docker = (resources: readonly Recorded[]) => {
  const found = resources.filter(({ type }) => type === "docker:index/image:Image");
  assert.equal(found.length, 1);
  return found[0] as Recorded;
};

describe("Image", () => {
  it("is built from its source and pushed with the source's hash as tag", async () => {
    const image = docker(await registered(() => new Image("kafka-image", args)));
    assert.deepEqual(image.inputs, {
      imageName: `localhost:31500/kafka:${contentHash(source)}`,
      build: { ...source, args: { VERSION: "1" } },
      buildOnPreview: false,
      registry: { server: "localhost:31500" },
      skipPush: false,
    });
  });

  it("is named by digest at the address that nodes pull from", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const program = () => ({ reference: new Image("kafka-image", args).reference });
    const { outputs } = await record(program, { repoDigest: `localhost:31500/kafka@${digest}` });
    assert.equal(outputs["reference"], `registry.example.com/kafka@${digest}`);
  });

  it("never gives pods a name without a digest, and says what to do then", async () => {
    const digests = ["localhost:31500/kafka@<none>", "<none>", ""];
    for (const repoDigest of digests) {
      const made = record(() => ({ reference: new Image("kafka-image", args).reference }), { repoDigest });
      await assert.rejects(made, /gave the image no digest .*: pulumi up --replace 'urn:pulumi:.*kafka-image'/);
    }
  });

  it("logs in to the registry with a password that stays secret", async () => {
    const registry = { ...args.registry, username: "pusher", password: pulumi.secret("hidden") };
    const image = docker(
      await registered(() => new Image("kafka-image", { ...args, registry, platform: "linux/arm64" })),
    );
    assert.deepEqual(image.inputs["registry"], { server: "localhost:31500", username: "pusher", password: "hidden" });
    assert.ok(!JSON.stringify(redact(image.marked)).includes("hidden"));
    assert.equal((image.inputs["build"] as PropertyMap)["platform"], "linux/arm64");
  });

  it("has a name that is unknown until it is built", async () => {
    const known = new Promise<boolean>((resolve, reject) => {
      record(
        () => {
          const { reference } = new Image("kafka-image", args);
          (reference as unknown as { isKnown: Promise<boolean> }).isKnown.then(resolve, reject);
          return undefined;
        },
        { preview: true },
      ).catch(reject);
    });
    assert.equal(await known, false);
  });
});

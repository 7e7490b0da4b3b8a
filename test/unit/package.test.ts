import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { run as runCommand } from "kafka-stack-processes";
import { contentHash, type ImageSource } from "../../components/image/content-hash";
import { kafkaImageSource, servicesImageSource } from "../../components/image/sources";
import { run, type Registration, type RunResult } from "kafka-stack-engine";
import { exampleIn, installed, manifestAt, packed, projectFrom } from "../support/package";
import { Plugin, RecordingEngine } from "../support/plugin";
import { ROOT } from "../support/stacks";

/** A user's program under Pulumi's mocks: it gives only the images. */
const PROGRAM = `import * as pulumi from "@pulumi/pulumi";
import { Kafka, type KafkaArgs } from "kafka-stack";

void pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name + "-id", state: inputs as Record<string, unknown> }),
  call: () => ({}),
});
const images = { kafka: "kafka@sha256:1", services: "services@sha256:2", version: "4.3.1" };
const args: KafkaArgs = { images, namespace: "events", cluster: { context: "mine" } };
new Kafka("events", args).bootstrap.apply((address) => console.log(address));
`;

const TOOLS = ["@types/node", "tsx", "typescript"];

describe("The package in a user's program", function () {
  // Compiles the package and the programs, and loads each in a separate Node.
  this.timeout(300_000);
  let withDocker = "";
  let plain = "";
  before(async () => {
    const tarball = await packed();
    withDocker = await installed(tarball, ...TOOLS, "@pulumi/docker");
    plain = await installed(tarball, ...TOOLS);
    for (const example of ["existing-registry", "two-clusters"]) exampleIn(withDocker, example);
    exampleIn(plain, "given-images");
    exampleIn(withDocker, "given-images");
    projectFrom("kafka", withDocker, { context: "mine", registry: "registry.example.com/team" });
    for (const folder of [withDocker, plain]) writeFileSync(join(folder, "program.ts"), PROGRAM);
  });

  it("has types for checking programs", async () => {
    const packaged = join(withDocker, "node_modules", "kafka-stack");
    assert.ok(existsSync(join(packaged, "lib", "index.d.ts")));
    assert.ok(!existsSync(join(packaged, "components")), "the types could come from the sources");
    const programs = ["existing-registry", "two-clusters", "given-images", "from-kafka"].map((name) =>
      join(name, "index.ts"),
    );
    const [, ...options] = (
      JSON.parse(readFileSync(join(ROOT, "examples/existing-registry/package.json"), "utf8")) as {
        scripts: { check: string };
      }
    ).scripts.check
      .split(" ")
      .filter((word) => word !== "index.ts");
    const tsc = require.resolve("typescript/bin/tsc");
    await runCommand(process.execPath, [tsc, ...options, ...programs, "program.ts"], { cwd: withDocker });
  });

  it("runs with its declared dependencies alone", async () => {
    const address = await runCommand(process.execPath, ["--import", "tsx", "program.ts"], { cwd: plain });
    assert.equal(address, "kafka-bootstrap.events.svc:9092");
  });

  it("requires versions that this repository is tested with", () => {
    const { dependencies, devDependencies, version } = manifestAt(ROOT);
    const tested = { ...dependencies, ...devDependencies };
    const own = manifestAt(join(plain, "node_modules", "kafka-stack"));
    for (const [name, range] of Object.entries({ ...own.dependencies, ...own.peerDependencies })) {
      assert.equal(range, `^${tested[name] ?? ""}`, name);
    }
    assert.equal(own.version, version);
    const programs = ["examples", "templates"].flatMap((room) =>
      readdirSync(join(ROOT, room)).map((name) => join(ROOT, room, name)),
    );
    for (const folder of programs) {
      if (!existsSync(join(folder, "package.json"))) continue;
      const of = manifestAt(folder);
      for (const [name, exact] of Object.entries({ ...of.dependencies, ...of.devDependencies })) {
        if (name !== "kafka-stack") assert.equal(exact, tested[name], `${folder}: ${name}`);
        else assert.ok([version, "file:../../dist"].includes(exact), `${folder}: ${exact}`);
      }
    }
  });

  it("contains the images' sources as the repository does", () => {
    const inPackage = (path: string) => join(plain, "node_modules", "kafka-stack", path);
    const packagedSource = ({ context, dockerfile, args }: ImageSource): ImageSource => ({
      context: inPackage(relative(ROOT, join(process.cwd(), context))),
      dockerfile: inPackage(relative(ROOT, join(process.cwd(), dockerfile))),
      args,
    });
    const sources = [
      kafkaImageSource({ version: "4.3.1", jre: "jre", maven: "maven" }),
      servicesImageSource({ node: "node" }),
    ];
    for (const source of sources) assert.equal(contentHash(packagedSource(source)), contentHash(source));
  });

  it("is previewed before there is a cluster: Kafka with its two images, and no chat", async () => {
    const made = await preview(join(withDocker, "existing-registry"));
    const expected = [
      "Image events-kafka-image",
      "Image events-services-image",
      "Job events-prepare",
      "StatefulSet events-broker",
      "Job events-finish",
    ];
    assert.deepEqual(
      expected.filter((one) => !made.includes(one)),
      [],
    );
    assert.equal(made.filter((one) => one.startsWith("PersistentVolumeClaim ")).length, 3);
    assert.deepEqual(
      made.filter((one) => /^Deployment |kchat|Chart/.test(one)),
      [],
    );
  });

  it("is what `pulumi new` makes a project of: its program is previewed with the answers and defaults", async () => {
    const root = join(withDocker, "from-kafka");
    assert.equal(manifestAt(root).name, "my-kafka");
    const made = await preview(root);
    assert.ok(made.includes("StatefulSet events-broker"));
    assert.equal(made.filter((one) => one.startsWith("PersistentVolumeClaim ")).length, 3);
  });

  it("builds nothing where the images are given, without @pulumi/docker", async () => {
    assert.ok(!existsSync(join(plain, "node_modules", "@pulumi", "docker")));
    const made = await preview(join(plain, "given-images"));
    assert.ok(made.includes("StatefulSet events-broker"));
    assert.deepEqual(
      made.filter((one) => one.startsWith("Image ")),
      [],
    );
  });

  it("creates two clusters in one program, with images that are built once", async () => {
    const made = await preview(join(withDocker, "two-clusters"));
    const of = (kind: string) => made.filter((one) => one.startsWith(`${kind} `)).sort();
    assert.deepEqual(of("StatefulSet"), ["StatefulSet audit-broker", "StatefulSet orders-broker"]);
    assert.deepEqual(of("Namespace"), ["Namespace audit-namespace", "Namespace orders-namespace"]);
    const images = of("Image").filter((one) => one.includes("kafka-image"));
    assert.deepEqual([...new Set(images)], ["Image orders-kafka-image"]);
    assert.equal(of("PersistentVolumeClaim").length, 5 + 3);
  });

  describe("as a plugin for other languages", () => {
    let engine: RecordingEngine;
    let plugin: Plugin;
    before(async () => {
      engine = new RecordingEngine();
      plugin = await Plugin.start(join(plain, "node_modules", "kafka-stack", "provider"), await engine.start());
      engine.plugin = plugin;
    });
    after(() => {
      plugin.stop();
      engine.stop();
    });

    const component = (inputs: Registration["inputs"], name = "events") =>
      ({
        ...{ type: "kafka-stack:index:Kafka", name, custom: false, remote: true, inputs, dependencies: [] },
        ...{ propertyDependencies: {}, providers: {}, ignoreChanges: [], replaceOnChanges: [], replaceWith: [] },
        ...{ additionalSecretOutputs: [], timeouts: {}, aliases: [], beforeCreate: [], beforeUpdate: [] },
      }) satisfies Registration;
    const IMAGES = { kafka: "kafka@sha256:1", services: "services@sha256:2", version: "4.3.1" };

    it("describes every argument of the component in its schema", async () => {
      interface Property {
        readonly type?: string;
        readonly $ref?: string;
        readonly description?: string;
      }
      const schema = JSON.parse(await plugin.schema()) as {
        name: string;
        version: string;
        resources: Record<
          string,
          {
            isComponent: boolean;
            inputProperties: Record<string, Property>;
            requiredInputs: string[];
            properties: Record<string, Property>;
          }
        >;
        types: Record<string, { properties: Record<string, Property>; required: string[] }>;
      };
      assert.deepEqual([schema.name, schema.version], ["kafka-stack", manifestAt(ROOT).version]);
      assert.deepEqual(Object.keys(schema.resources), ["kafka-stack:index:Kafka"]);
      const kafka = schema.resources["kafka-stack:index:Kafka"];
      assert.ok(kafka?.isComponent);
      assert.deepEqual(kafka.requiredInputs, ["images"]);
      assert.deepEqual(Object.keys(kafka.properties), ["bootstrap"]);
      assert.equal(kafka.inputProperties["brokers"]?.$ref, "#/types/kafka-stack:index:ServersArgs");
      assert.equal(schema.types["kafka-stack:index:ServersArgs"]?.properties["replicas"]?.type, "integer");
      assert.deepEqual(schema.types["kafka-stack:index:TopicArgs"]?.required, ["name"]);
      const all = [kafka.inputProperties, ...Object.values(schema.types).map(({ properties }) => properties)];
      const silent = all
        .flatMap((properties) => Object.entries(properties))
        .filter(([, { description }]) => description === undefined)
        .map(([name]) => name);
      assert.deepEqual(silent, []);
    });

    it("creates the requested cluster", async () => {
      const answer = await engine.register(
        component({
          images: IMAGES,
          cluster: { context: "mine" },
          brokers: { replicas: 5, storage: { type: "storageClass", className: "fast", size: "200Gi" } },
          topics: [{ name: "orders", partitions: 24 }],
          settings: { "log.retention.hours": "72" },
        }),
      );
      assert.deepEqual(answer.outputs, { bootstrap: "kafka-bootstrap.events.svc:9092" });
      assert.equal(answer.urn, "urn:pulumi:test::elsewhere::kafka-stack:index:Kafka::events");
      const find = (kind: string, name: string) =>
        engine.made.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.plain;
      assert.equal((find("StatefulSet", "events-broker")?.["spec"] as { replicas: number }).replicas, 5);
      const claim = find("PersistentVolumeClaim", "events-broker-volumes-4-0-claim")?.["spec"];
      assert.deepEqual(claim, {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "fast",
        resources: { requests: { storage: "200Gi" } },
      });
      const config = find("ConfigMap", "events-broker-config")?.["data"] as Record<string, string>;
      assert.match(config["server.properties"] ?? "", /^log\.retention\.hours=72$/m);
      assert.match(config["server.properties"] ?? "", /^min\.insync\.replicas=2$/m);
      const provider = engine.made.find(({ name }) => name === "events-kubernetes");
      assert.equal(provider?.plain["context"], "mine");
      assert.ok(engine.hooks.length > 0);
    });

    it("names a wrong argument", async () => {
      const asked = (inputs: Registration["inputs"], name: string) =>
        engine.register(component({ images: IMAGES, ...inputs }, name));
      await assert.rejects(asked({ brokers: { storage: { type: "s3" } } }, "one"), /brokers\.storage\.type/);
      await assert.rejects(asked({ brokers: { storage: { type: "nfs" } } }, "two"), /brokers\.storage\.servers/);
      await assert.rejects(asked({ combinedControllers: 3, controllers: {} }, "three"), /combinedControllers/);
      await assert.rejects(
        asked({ brokers: { replicas: 0 }, combinedControllers: 2 }, "four"),
        /brokers\.replicas: 0 is refused/,
      );
    });
  });
});

/** Kinds and names of all resources that a preview would create. */
async function preview(root: string): Promise<string[]> {
  const lines: string[] = [];
  const env = { ...process.env, ENGINE: "stand-in", KUBECONFIG: join(root, "no-kubeconfig") };
  let steps: RunResult["steps"];
  try {
    const write = (line: string) => lines.push(line);
    ({ steps } = await run({ command: "preview", stack: "dev", root, env, hideOutputs: true, write }));
  } catch (error) {
    throw new Error(`the preview failed:\n${lines.join("\n")}`, { cause: error });
  }
  assert.ok(steps.every(({ operation }) => operation === "create"));
  return steps.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
}

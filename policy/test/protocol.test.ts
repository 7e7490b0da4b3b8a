import * as grpc from "@grpc/grpc-js";
import { runtime } from "@pulumi/pulumi";
import * as analyzergrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { start, type Running } from "kafka-stack-processes";
import { after, before, describe, it } from "mocha";

import type { PulumiResource } from "../model/resource";
import { policies } from "../policies";
import { deployment, statefulSet, unknown } from "./builders";

const PACK = path.join(__dirname, "..");

/** The pack copied into another project: without its tests, and with only the packages in its package.json. */
function copyOfPack(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "policy-pack-"));
  cpSync(PACK, folder, { recursive: true, filter: (file) => !["test", "node_modules"].includes(path.basename(file)) });
  const manifest = JSON.parse(readFileSync(path.join(PACK, "package.json"), "utf8")) as Record<string, object>;
  const require = createRequire(path.join(PACK, "package.json"));
  for (const name of Object.keys({ ...manifest["dependencies"], ...manifest["devDependencies"] })) {
    const link = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.dirname(require.resolve(`${name}/package.json`)), link);
  }
  return folder;
}

describe("the policy pack as an engine runs it, in a folder of its own", function () {
  // The SDK checks the pack's types when it starts it.
  this.timeout(120_000);
  const pack = copyOfPack();
  let server: Running;
  let client: analyzergrpc.AnalyzerClient;

  before(async () => {
    const run = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    // There is no engine at this address: the pack asks none for anything.
    server = start(process.execPath, [run, "127.0.0.1:1", pack], { cwd: pack, output: "errors" });
    const [, port = ""] = await server.says(/^(\d+)\n/);
    client = new analyzergrpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const config = levelOf("container-memory-limit-set", analyzer.EnforcementLevel.ADVISORY);
    await answer<empty.Empty>((done) => client.configure(config, done));
  });

  after(() => {
    client.close();
    server.kill();
    rmSync(pack, { recursive: true });
  });

  it("describes every policy with its severity and settings", async () => {
    const info = await answer<analyzer.AnalyzerInfo>((done) => client.getAnalyzerInfo(new empty.Empty(), done));
    const told = info.getPoliciesList();
    assert.deepEqual(
      told.map((policy) => policy.getName()),
      policies.map(({ name }) => name),
    );
    const heap = told.find((policy) => policy.getName() === "jvm-heap-within-memory-limit");
    const settings = heap?.getConfigschema()?.getProperties()?.toJavaScript() as Record<string, { default: unknown }>;
    assert.equal(settings["maxHeapPercent"]?.default, 60);
    assert.equal(heap?.getSeverity(), analyzer.PolicySeverity.POLICY_SEVERITY_HIGH);
  });

  it("reports one violation, in one line, at the configured level", async () => {
    const found = await analyze(statefulSet({ container: { resources: { limits: { memory: undefined } } } }));
    assert.deepEqual(
      found.map((diagnostic) => [diagnostic.getPolicyname(), diagnostic.getEnforcementlevel()]),
      [["container-memory-limit-set", analyzer.EnforcementLevel.ADVISORY]],
    );
    assert.match(found[0]?.getMessage() ?? "", /\nStatefulSet kafka\/broker: container main has no memory limit$/);
  });

  it("ignores unknown values, and reads secrets", async () => {
    const secret = { [runtime.specialSigKey]: runtime.specialSecretSig, value: "s3cr3t" };
    const env = [{ name: "PASSWORD", value: secret as unknown as string }];
    assert.deepEqual(await analyze(statefulSet({ spec: { replicas: unknown }, container: { image: unknown } })), []);
    const found = await analyze(deployment({ container: { env } }));
    assert.deepEqual(
      found.map((diagnostic) => diagnostic.getPolicyname()),
      ["container-environment-has-no-secret"],
    );
    assert.doesNotMatch(found[0]?.getMessage() ?? "", /s3cr3t/);
  });

  it("checks the stack as a whole", async () => {
    const request = new analyzer.AnalyzeStackRequest();
    const resource = new analyzer.AnalyzerResource();
    request.setResourcesList([fill(resource, deployment())]);
    const response = await answer<analyzer.AnalyzeResponse>((done) => client.analyzeStack(request, done));
    assert.deepEqual(
      response.getDiagnosticsList().map((diagnostic) => [diagnostic.getPolicyname(), diagnostic.getUrn()]),
      [
        ["namespace-has-network-policy", deployment().urn],
        ["workload-has-disruption-budget", deployment().urn],
      ],
    );
  });

  async function analyze(resource: PulumiResource): Promise<analyzer.AnalyzeDiagnostic[]> {
    const request = fill(new analyzer.AnalyzeRequest(), resource);
    const response = await answer<analyzer.AnalyzeResponse>((done) => client.analyze(request, done));
    return response.getDiagnosticsList();
  }
});

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

/** The answer to a call. */
function answer<Response>(call: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(error);
      }
    });
  });
}

/** The config that sets one policy's level and leaves its settings at their defaults. */
function levelOf(policy: string, level: analyzer.EnforcementLevel): analyzer.ConfigureAnalyzerRequest {
  const config = new analyzer.PolicyConfig();
  config.setEnforcementlevel(level);
  config.setProperties(Struct.fromJavaScript({}));
  const request = new analyzer.ConfigureAnalyzerRequest();
  request.getPolicyconfigMap().set(policy, config);
  return request;
}

function fill<Request extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(
  request: Request,
  { type, name, urn, props }: PulumiResource,
): Request {
  request.setType(type);
  request.setName(name);
  request.setUrn(urn);
  // Plain JSON, as on the wire: without undefined values.
  const plain = JSON.parse(JSON.stringify(props)) as Parameters<typeof Struct.fromJavaScript>[0];
  request.setProperties(Struct.fromJavaScript(plain));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  return request;
}

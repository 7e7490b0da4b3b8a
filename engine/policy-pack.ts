/** One policy pack in a process of its own. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as analyzergrpc from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { start, type Running } from "kafka-stack-processes";
import { within } from "kafka-stack-waiting";
import { parse } from "yaml";
import { levelNumber, policyConfig, readPolicyConfig } from "./policy-config";
import { END_WITH_PARENT } from "./with-parent";

/** How to start a pack. */
export interface PackOptions {
  /** The pack's folder, with PulumiPolicy.yaml. */
  readonly directory: string;
  /** Its config, a JSON file. */
  readonly configFile?: string;
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  /** The stack's config, which policies may read. */
  readonly config: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  /** The Node.js that it runs on. @default the current one */
  readonly node?: string | undefined;
  /** Receives the lines that the pack prints. */
  readonly print: (line: string) => void;
}

/** A running pack. */
export interface Pack {
  readonly name: string;
  /** Whether any of its policies changes resources. */
  readonly remediates: boolean;
  analyze(request: analyzer.AnalyzeRequest): Promise<analyzer.AnalyzeResponse>;
  remediate(request: analyzer.AnalyzeRequest): Promise<analyzer.RemediateResponse>;
  analyzeStack(request: analyzer.AnalyzeStackRequest): Promise<analyzer.AnalyzeResponse>;
  /** Ends the process. */
  stop(): void;
}

const START_MS = 60_000;

/** The line that names the pack's port. */
const PORT = /^(\d+)$/;

const OPTIONS = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/**
 * Starts a pack and configures it.
 *
 * @throws when it does not start (with its output) or its config does not fit
 */
export async function startPack(options: PackOptions): Promise<Pack> {
  const pack = launch(options);
  try {
    const port = await portOf(pack);
    const client = new analyzergrpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), OPTIONS);
    const info = await call<analyzer.AnalyzerInfo>((done) => client.getAnalyzerInfo(new empty.Empty(), done));
    const given = options.configFile === undefined ? {} : readPolicyConfig(options.configFile);
    const config = policyConfig(info, given, options.print);
    await call((done) => client.configureStack(stackOf(options), done));
    await call((done) => client.configure(config, done));
    const levels = config.getPolicyconfigMap();
    const remediates = info
      .getPoliciesList()
      .some((policy) => levels.get(policy.getName())?.getEnforcementlevel() === levelNumber("remediate"));
    return {
      name: info.getName(),
      remediates,
      analyze: (request) => call((done) => client.analyze(request, done)),
      remediate: (request) => call((done) => client.remediate(request, done)),
      analyzeStack: (request) => call((done) => client.analyzeStack(request, done)),
      stop: () => {
        client.close();
        pack.kill();
      },
    };
  } catch (error) {
    pack.kill();
    throw new Error(`The policy pack in ${options.directory} did not start: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function launch(options: PackOptions): Running {
  const { directory, env } = options;
  const file = path.join(directory, "PulumiPolicy.yaml");
  if (!fs.existsSync(file)) {
    throw new Error(`There is no policy pack in ${directory} (no PulumiPolicy.yaml)`);
  }
  const { main } = (parse(fs.readFileSync(file, "utf8")) ?? {}) as { main?: string };
  const run = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [directory] });
  // Current packs ignore the first argument, the engine's address.
  const args = ["--import", END_WITH_PARENT, run, "127.0.0.1:0", path.resolve(directory, main ?? ".")];
  let started = false;
  return start(options.node ?? process.execPath, args, {
    cwd: directory,
    env: {
      ...env,
      PULUMI_CONFIG: JSON.stringify(options.config),
      PULUMI_NODEJS_ORGANIZATION: "organization",
      PULUMI_NODEJS_PROJECT: options.project,
      PULUMI_NODEJS_STACK: options.stack,
      PULUMI_NODEJS_DRY_RUN: String(options.preview),
      // Types are checked when the pack is developed, not in each run.
      TS_NODE_TRANSPILE_ONLY: "true",
    },
    // It ends when its standard input does.
    input: { open: true },
    onLine: (line, from) => {
      if (started) options.print(line);
      else started = from === "output" && PORT.test(line);
    },
  });
}

/** The port, which the pack prints first. Later output is for people. */
async function portOf(pack: Running): Promise<string> {
  const ended = pack.ended.then(({ code }) => {
    const last = pack.said.trimEnd().split("\n").slice(-20);
    throw new Error([`it ended with exit code ${String(code)}`, ...last].join("\n    "));
  });
  const named = Promise.race([ended, pack.says(/^(\d+)\n/m, "output")]);
  const [, port = ""] = await within(named, START_MS, "it named no port");
  return port;
}

function stackOf(options: PackOptions): analyzer.AnalyzerStackConfigureRequest {
  const request = new analyzer.AnalyzerStackConfigureRequest();
  request.setStack(options.stack);
  request.setProject(options.project);
  request.setOrganization("organization");
  request.setDryRun(options.preview);
  for (const [key, value] of Object.entries(options.config)) {
    request.getConfigMap().set(key, value);
  }
  return request;
}

function call<T>(send: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(new Error(error.details || error.message));
      }
    });
  });
}

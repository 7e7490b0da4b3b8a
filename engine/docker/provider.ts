/** Builds and pushes images with the docker command, as `docker:index/image:Image` of Pulumi's docker provider does. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run, type CommandOptions } from "kafka-stack-processes";
import { diff, type Change } from "../paths";
import type { Difference, Made, Operation, Provider, Subject } from "../provider";
import { textSetting, type ProviderContext } from "../providers";
import type { ResourceState } from "../state";
import { everyFewSeconds } from "./every-few-seconds";
import { hasUnknown, isObject, reveal, UNKNOWN, type PropertyMap, type Value } from "../values";
import { hashContext } from "./context";
import { isMissing, type Credentials } from "./registry";

const IMAGE = "docker:index/image:Image";

/** The inputs that this provider reads, secrets in plain text. */
interface ImageInputs {
  readonly imageName: string;
  readonly skipPush: boolean;
  readonly build: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: Record<string, string>;
    readonly target?: string;
    readonly platform?: string;
    readonly network?: string;
    readonly addHosts: string[];
    readonly cacheFrom: string[];
    readonly builderVersion?: string;
  };
  readonly server: string;
  readonly credentials?: Credentials;
}

/** The docker provider; it supports images only. */
export class DockerProvider implements Provider {
  constructor(
    private readonly config: PropertyMap,
    private readonly context: ProviderContext,
  ) {}

  check(subject: Subject, inputs: PropertyMap): Promise<PropertyMap> {
    if (subject.type !== IMAGE) {
      throw new Error(`the engine stand-in makes ${IMAGE}, not ${subject.type}; use the Pulumi CLI`);
    }
    if (typeof inputs["imageName"] !== "string") {
      throw new Error("imageName is missing");
    }
    const build: PropertyMap = isObject(inputs["build"]) ? { ...inputs["build"] } : {};
    const context = typeof build["context"] === "string" ? build["context"] : ".";
    const dockerfile = typeof build["dockerfile"] === "string" ? build["dockerfile"] : "Dockerfile";
    if (context !== UNKNOWN && dockerfile !== UNKNOWN) {
      build["contextDigest"] = hashContext(this.resolve(context), this.resolve(dockerfile));
    }
    return Promise.resolve({ ...inputs, build: { ...build, context, dockerfile } });
  }

  async diff(_subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference> {
    // Credentials change, and do not make another image.
    const withoutCredentials = (properties: PropertyMap): PropertyMap => {
      const registry = isObject(properties["registry"]) ? { server: properties["registry"]["server"] ?? null } : null;
      return { ...properties, registry };
    };
    const changes: Change[] = diff(withoutCredentials(old.inputs), withoutCredentials(inputs));
    const digest = old.outputs["repoDigest"];
    if (changes.length === 0 && typeof digest === "string" && !hasUnknown(inputs)) {
      const { skipPush, credentials } = read(inputs);
      if (!skipPush && (await isMissing(digest, credentials))) {
        changes.push({ path: ["repoDigest"], kind: "update", old: digest, secret: false });
      }
    }
    return { changes, replace: [], deleteBeforeReplace: false };
  }

  async create(operation: Operation): Promise<Made> {
    const outputs = await this.make(operation);
    return { id: operation.preview ? "" : read(operation.inputs).imageName, outputs };
  }

  update(operation: Operation): Promise<PropertyMap> {
    return this.make(operation);
  }

  delete(): Promise<void> {
    // Pushed images stay, as with the real provider: others may use them.
    return Promise.resolve();
  }

  read(): Promise<PropertyMap> {
    return Promise.reject(new Error("images cannot be read"));
  }

  private resolve(file: string): string {
    return path.resolve(this.context.root, file);
  }

  private async make(operation: Operation): Promise<PropertyMap> {
    if (operation.preview) {
      return { ...describeImage(operation.inputs), repoDigest: UNKNOWN };
    }
    const image = read(operation.inputs);
    const settings = temporaryConfig(this.context.env, image);
    const host = textSetting(this.config, "host");
    const env = {
      ...this.context.env,
      ...(settings !== undefined && { DOCKER_CONFIG: settings }),
      ...(host !== undefined && { DOCKER_HOST: host }),
      ...(image.build.builderVersion === "BuilderV1" && { DOCKER_BUILDKIT: "0" }),
    };
    const options = { env, cwd: this.context.root, onLine: everyFewSeconds(operation.note), signal: operation.signal };
    try {
      await run("docker", buildArguments(image), options);
      return { ...describeImage(operation.inputs), repoDigest: await publish(image, options) };
    } finally {
      if (settings !== undefined) {
        fs.rmSync(settings, { recursive: true, force: true });
      }
    }
  }
}

function buildArguments({ imageName, build }: ImageInputs): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [
    "build",
    ...["--tag", imageName, "--file", build.dockerfile],
    ...Object.entries(build.args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]),
    ...option("--target", build.target),
    ...option("--platform", build.platform),
    ...option("--network", build.network),
    ...build.addHosts.flatMap((host) => ["--add-host", host]),
    ...build.cacheFrom.flatMap((cached) => ["--cache-from", cached]),
    build.context,
  ];
}

/** Pushes the image. @returns its name by digest, or the image's id when it is not pushed */
async function publish(image: ImageInputs, options: CommandOptions): Promise<string> {
  const { imageName, skipPush } = image;
  if (skipPush) {
    return (await run("docker", ["inspect", "--format", "{{.Id}}", imageName], options)).trim();
  }
  const pushed = await run("docker", ["push", imageName], options);
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1];
  if (digest === undefined) {
    throw new Error(`docker pushed ${imageName} but named no digest`);
  }
  return `${imageName.replace(/:[^:/]+$/, "")}@${digest}`;
}

function describeImage(inputs: PropertyMap): PropertyMap {
  const build = isObject(inputs["build"]) ? inputs["build"] : {};
  const registry = isObject(inputs["registry"]) ? inputs["registry"] : {};
  return {
    imageName: inputs["imageName"] ?? null,
    baseImageName: inputs["imageName"] ?? null,
    registryServer: registry["server"] ?? "",
    context: build["context"] ?? null,
    dockerfile: build["dockerfile"] ?? null,
    platform: build["platform"] ?? null,
  };
}

function read(marked: PropertyMap): ImageInputs {
  const inputs = reveal(marked);
  const build = isObject(inputs["build"]) ? inputs["build"] : {};
  const registry = isObject(inputs["registry"]) ? inputs["registry"] : {};
  const text = (value: Value | undefined) => (typeof value === "string" && value !== "" ? value : undefined);
  const list = (value: Value | undefined) => (Array.isArray(value) ? value.map(String) : []);
  const username = text(registry["username"]);
  const optional = (key: "target" | "platform" | "network" | "builderVersion") => {
    const value = text(build[key]);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    imageName: text(inputs["imageName"]) ?? "",
    skipPush: inputs["skipPush"] === true,
    server: text(registry["server"]) ?? "",
    ...(username !== undefined && { credentials: { username, password: text(registry["password"]) ?? "" } }),
    build: {
      context: text(build["context"]) ?? ".",
      dockerfile: text(build["dockerfile"]) ?? "Dockerfile",
      args: isObject(build["args"]) ? (build["args"] as Record<string, string>) : {},
      addHosts: list(build["addHosts"]),
      cacheFrom: list(isObject(build["cacheFrom"]) ? build["cacheFrom"]["images"] : undefined),
      ...optional("target"),
      ...optional("platform"),
      ...optional("network"),
      ...optional("builderVersion"),
    },
  };
}

/** A temporary docker configuration with the registry's credentials, so that the user's own stays unchanged. */
function temporaryConfig(env: NodeJS.ProcessEnv, image: ImageInputs): string | undefined {
  if (image.credentials === undefined) {
    return undefined;
  }
  const { username, password } = image.credentials;
  const own = env["DOCKER_CONFIG"] ?? path.join(os.homedir(), ".docker");
  const ownFile = path.join(own, "config.json");
  const config = fs.existsSync(ownFile)
    ? (JSON.parse(fs.readFileSync(ownFile, "utf8")) as Record<string, unknown>)
    : {};
  // Docker would ask a credential store instead of reading this file.
  delete config["credsStore"];
  delete config["credHelpers"];
  const server = image.server === "" ? (image.imageName.split("/")[0] ?? "") : image.server;
  const auths = {
    ...(config["auths"] as Record<string, unknown> | undefined),
    [server]: { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "docker-config-"));
  fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify({ ...config, auths }), { mode: 0o600 });
  for (const shared of ["cli-plugins", "contexts"]) {
    if (fs.existsSync(path.join(own, shared))) {
      fs.symlinkSync(path.join(own, shared), path.join(folder, shared));
    }
  }
  return folder;
}

/** `kubernetes:helm.sh/v4:Chart`: renders a chart with helm and registers each of its objects as a child. */
import { isClusterScoped } from "kafka-stack-kubernetes-facts";
import { run } from "kafka-stack-processes";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Deployment } from "./deployment";
import { type Registration, registrationOf } from "./registration";
import {
  hasUnknown,
  isAsset,
  isObject,
  resourceReference,
  reveal,
  secret,
  UNKNOWN,
  type PropertyMap,
  type Value,
} from "./values";

/** The chart component's type. */
export const CHART = "kubernetes:helm.sh/v4:Chart";

// Kinds that a chart's other objects need first.
const FIRST = new Set(["CustomResourceDefinition", "Namespace", "PriorityClass", "StorageClass"]);

/**
 * Creates a chart's objects.
 *
 * @returns the component's outputs
 * @throws when helm or a child fails
 */
export async function constructChart(
  deployment: Deployment,
  registration: Registration,
  urn: string,
): Promise<PropertyMap> {
  const { progress } = deployment.options;
  if (hasUnknown(registration.inputs)) {
    progress.note(urn, "some of its inputs are not known yet, so its objects cannot be previewed");
    return { resources: UNKNOWN };
  }
  const inputs = reveal(registration.inputs);
  const objects = await render(deployment, registration.name, inputs);
  const prefix = text(inputs["resourcePrefix"]) ?? registration.name;
  const children = objects.map((object) => childOf(object, prefix, registration, urn, inputs["skipAwait"] === true));
  const isFirst = (child: Registration) => FIRST.has(child.type.split(":").at(-1) ?? "");
  const resources: Value[] = [];
  const made: string[] = [];
  for (const stage of [children.filter(isFirst), children.filter((child) => !isFirst(child))]) {
    const before = [...made];
    const registered = await Promise.all(stage.map((child) => deployment.register({ ...child, dependencies: before })));
    made.push(...registered.map((child) => child.urn));
    resources.push(...registered.map((child) => resourceReference(child.urn, child.id)));
  }
  return { resources };
}

async function render(deployment: Deployment, name: string, inputs: PropertyMap): Promise<PropertyMap[]> {
  const { env, root } = deployment.options.providers.context;
  const chart = text(inputs["chart"]) ?? "";
  const repository = isObject(inputs["repositoryOpts"]) ? inputs["repositoryOpts"] : {};
  const option = (flag: string, value: Value | undefined) =>
    text(value) === undefined ? [] : [flag, text(value) ?? ""];
  const flag = (name: string, value: Value | undefined) => (value === true ? [name] : []);
  const isLocal = fs.existsSync(path.resolve(root, chart));
  const args = [
    ...["template", text(inputs["name"]) ?? name, isLocal ? path.resolve(root, chart) : chart],
    ...["--no-hooks", "--values", "-"],
    ...(inputs["skipCrds"] === true ? ["--skip-crds"] : ["--include-crds"]),
    ...option("--namespace", inputs["namespace"]),
    ...option("--version", inputs["version"]),
    ...option("--repo", repository["repo"]),
    ...option("--username", repository["username"]),
    ...option("--password", repository["password"]),
    ...option("--ca-file", repository["caFile"]),
    ...option("--cert-file", repository["certFile"]),
    ...option("--key-file", repository["keyFile"]),
    ...flag("--devel", inputs["devel"]),
    ...flag("--dependency-update", inputs["dependencyUpdate"]),
    ...flag("--verify", inputs["verify"]),
    ...flag("--plain-http", inputs["plainHttp"]),
    ...valueFiles(inputs["valueYamlFiles"], root),
  ];
  // JSON is YAML. Standard input keeps secrets out of the process list.
  const manifest = await run("helm", args, { env, cwd: root, input: JSON.stringify(inputs["values"] ?? {}) });
  return parseAllDocuments(manifest)
    .map((document) => document.toJS() as Value)
    .flatMap((object) => (isObject(object) && object["kind"] === "List" ? (object["items"] as Value[]) : [object]))
    .filter(isObject);
}

function valueFiles(files: Value | undefined, root: string): string[] {
  return (Array.isArray(files) ? files : []).flatMap((file) => {
    const from = isAsset(file) && isObject(file) ? text(file["path"]) : undefined;
    if (from === undefined) {
      throw new Error("the engine stand-in reads only files of valueYamlFiles");
    }
    return ["--values", path.resolve(root, from)];
  });
}

function childOf(
  object: PropertyMap,
  prefix: string,
  chart: Registration,
  parent: string,
  skipAwait: boolean,
): Registration {
  const apiVersion = text(object["apiVersion"]) ?? "";
  const kind = text(object["kind"]) ?? "";
  const metadata: PropertyMap = isObject(object["metadata"]) ? { ...object["metadata"] } : {};
  if (apiVersion === "" || kind === "" || typeof metadata["name"] !== "string") {
    throw new Error(
      `the chart made an object without apiVersion, kind or name: ${JSON.stringify(object).slice(0, 200)}`,
    );
  }
  const chartNamespace = text(chart.inputs["namespace"]);
  if (metadata["namespace"] === undefined && chartNamespace !== undefined && !isClusterScoped(kind)) {
    metadata["namespace"] = chartNamespace;
  }
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  if (skipAwait) {
    metadata["annotations"] = { ...annotations, "pulumi.com/skipAwait": "true" };
  }
  const inputs: PropertyMap = { ...object, metadata };
  if (apiVersion === "v1" && kind === "Secret") {
    for (const key of ["data", "stringData"]) {
      if (inputs[key] !== undefined) {
        inputs[key] = secret(inputs[key] ?? null);
      }
    }
  }
  const provider = chart.provider ?? chart.providers["kubernetes"];
  const namespace = text(metadata["namespace"]);
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const name = `${prefix}:${namespace === undefined ? "" : `${namespace}/`}${metadata["name"]}`;
  return registrationOf(type, name, inputs, {
    parent,
    ...(provider !== undefined && { provider }),
    ...(annotations["helm.sh/resource-policy"] === "keep" && { retainOnDelete: true }),
    ...(chart.protect !== undefined && { protect: chart.protect }),
  });
}

function text(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

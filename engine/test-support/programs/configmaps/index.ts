import * as pulumi from "@pulumi/pulumi";

// Without @pulumi/kubernetes, which takes longer to load than all the rest takes to run.
class KubernetesObject extends pulumi.CustomResource {
  declare readonly metadata: pulumi.Output<{ name: string }>;

  constructor(kind: string, name: string, inputs: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    super(`kubernetes:core/v1:${kind}`, name, { apiVersion: "v1", kind, metadata: undefined, ...inputs }, opts);
  }
}

class Cluster extends pulumi.ProviderResource {
  constructor(name: string) {
    super("kubernetes", name, { enableConfigMapMutable: "true" });
  }
}

console.log("the program says hello");
if (process.env["MODE"] === "lingers") {
  console.log(`the program is ${process.pid}`);
  setInterval(() => undefined, 1_000);
}
if (process.env["MODE"] === "throw") {
  throw new Error("the program is broken");
}
const data = { mode: process.env["MODE"] ?? "" };
const provider = new Cluster("cluster");
const space = new KubernetesObject("Namespace", "namespace", { metadata: { name: "default" } }, { provider });
const namespace = space.metadata.name;
const one = new KubernetesObject("ConfigMap", "one", { metadata: { name: "one", namespace } }, { provider });
const labels = { after: one.metadata.name };
interface WithData {
  readonly data: { readonly mode: string };
}
const refusal = new pulumi.ResourceHook(
  "refusal",
  ({ oldInputs, newInputs }) => {
    const [before, after] = [oldInputs as WithData, newInputs as WithData];
    if (after.data.mode === "refused") throw new Error(`refused after the mode "${before.data.mode}"`);
  },
  { onDryRun: true },
);
const refusalToMake = new pulumi.ResourceHook("refusal-to-make", ({ newInputs, oldInputs }) => {
  const { data } = newInputs as WithData;
  if (data.mode === "unmade") throw new Error(`refused ${oldInputs === undefined ? "for the first time" : "again"}`);
});
const two = new KubernetesObject(
  "ConfigMap",
  "two",
  { metadata: { name: "two", namespace, labels }, data },
  { provider, hooks: { beforeCreate: [refusalToMake], beforeUpdate: [refusal] } },
);

export const names = pulumi.all([one.metadata.name, two.metadata.name]);
export const size = new pulumi.Config().require("size");
export const password = pulumi.secret("hidden");

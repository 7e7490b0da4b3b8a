import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, type KafkaArgs } from "./kafka";

/** Folder of the plugin in the package: its manifest, and the schema that `npm run build` derives from the types of {@link KafkaArgs}. */
const PLUGIN = join(__dirname, "..", "..", "provider");

const TYPE = "kafka-stack:index:Kafka";

interface Manifest {
  readonly version: string;
}

/** The component for Pulumi's engine, for programs in any language. */
const provider: pulumi.provider.Provider = {
  version: (JSON.parse(readFileSync(join(PLUGIN, "package.json"), "utf8")) as Manifest).version,
  getSchema: () => Promise.resolve(readFileSync(join(PLUGIN, "schema.json"), "utf8")),
  construct: (name, type, inputs, options) => {
    if (type !== TYPE) return Promise.reject(new Error(`${type} does not belong to this package, which has ${TYPE}`));
    const { urn, bootstrap } = new Kafka(name, inputs as KafkaArgs, options);
    return Promise.resolve({ urn, state: { bootstrap } });
  },
};

// The process is the plugin: the engine passes its arguments and ends it.
void pulumi.provider.main(provider, process.argv.slice(2));

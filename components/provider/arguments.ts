import * as pulumi from "@pulumi/pulumi";
import type { ServerSpec } from "../cluster/resolve";
import type { KafkaArgs as ComponentArgs } from "../cluster/kafka";
import type { StorageSpec } from "../storage/default-storage";
import type { RightSpec, UserSpec } from "../users/user";
import type { KafkaArgs, ServersArgs, StorageArgs, UserArgs } from "./kafka";

/**
 * Converts arguments from other languages into the component's. They are the same, but without unions, which Pulumi's schemas for components do not
 * support.
 *
 * @throws InputPropertiesError for a word that is not allowed, and for contradictory keys.
 */
export function kafkaArgsOf(args: KafkaArgs): ComponentArgs {
  const { combinedControllers, controllers, directoriesNamespace, spread, zookeeper, operations, ...rest } = args;
  if (combinedControllers !== undefined && controllers !== undefined) {
    throw problem("combinedControllers", "controllers are in their own pods or with brokers: give one of the two");
  }
  return {
    ...rest,
    brokers: args.brokers && servers("brokers", args.brokers),
    controllers: controllers ? servers("controllers", controllers) : combinedControllers,
    zookeeper: zookeeper && {
      ...servers("zookeeper", zookeeper),
      persistentServers: zookeeper.persistentServers,
    },
    users: args.users?.map(userOf),
    external: args.external && {
      ...args.external,
      authentication: oneOf("external.authentication", ["tls", "scram-sha-512"], args.external.authentication),
    },
    authentication: oneOf("authentication", ["none", "tls"], args.authentication),
    spread: spread && {
      nodes: oneOf("spread.nodes", ["preferred", "required"], spread.nodes) ?? "preferred",
      zoneLabel: spread.zoneLabel,
    },
    operations,
    directories:
      directoriesNamespace === undefined ? undefined : { namespace: directoriesNamespace, image: args.images.kafka },
  };
}

function servers(path: string, { storage, persistentServers: _, ...rest }: ServersArgs): ServerSpec {
  return { ...rest, storage: storage && storageOf(`${path}.storage`, storage) };
}

/** The component judges the words of rights. */
const userOf = ({ authentication, rights, ...rest }: UserArgs, index: number): UserSpec => ({
  ...rest,
  authentication: oneOf(`users[${index}].authentication`, ["tls", "scram-sha-512"], authentication),
  rights: rights as RightSpec[],
});

const KEPT = ["retain", "delete"] as const;

function storageOf(path: string, written: StorageArgs): StorageSpec {
  const common = {
    size: written.size,
    volumes: written.volumes,
    whenScaled: oneOf(`${path}.whenScaled`, KEPT, written.whenScaled),
    whenDeleted: oneOf(`${path}.whenDeleted`, KEPT, written.whenDeleted),
  };
  const type = oneOf(`${path}.type`, ["storageClass", "hostPath", "nfs"], written.type) ?? "storageClass";
  switch (type) {
    case "hostPath":
      if (written.path === undefined) throw problem(`${path}.path`, "hostPath storage needs the directory on the node");
      return { ...common, type, path: written.path, nodes: written.nodes };
    case "nfs":
      if (written.servers === undefined)
        throw problem(`${path}.servers`, "nfs storage needs an export for each server");
      return { ...common, type, servers: written.servers, mountOptions: written.mountOptions };
    case "storageClass": {
      const { className, accessMode } = written;
      return { ...common, type, className, ...(accessMode !== undefined && { accessMode }) };
    }
  }
}

function oneOf<Word extends string>(path: string, allowed: readonly Word[], value: string | undefined) {
  const found = allowed.find((word) => word === value);
  if (value !== undefined && found === undefined) {
    throw problem(path, `"${value}" is not one of ${allowed.join(", ")}`);
  }
  return found;
}

const problem = (propertyPath: string, reason: string) =>
  new pulumi.InputPropertiesError({ message: `${propertyPath}: ${reason}`, errors: [{ propertyPath, reason }] });

/** Asks the cluster for the objects of a stack whose state the Pulumi CLI keeps. */
import { KubeClient, type KubeObject } from "../kubernetes/client";
import { connectionOf } from "../kubernetes/connection";
import { Unreachable } from "../kubernetes/http";
import { objectOf } from "../kubernetes/object";
import { splitReference } from "../urn";
import type { Kept, KeptResource } from "./checkpoint";

/** An object of the state, or one that a killed run was creating, with a client of its cluster. */
export interface LocatedObject {
  readonly client: KubeClient;
  /** As declared. */
  readonly object: KubeObject;
}

/** Locates the objects of a stack. */
export class Live {
  private readonly clients = new Map<string, KubeClient>();

  /** @param env of the CLI, which may name a kubeconfig */
  constructor(
    private readonly kept: Kept,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The Kubernetes object of a resource; `undefined` when the resource is no such object. @throws Unreachable when its cluster is not known: there is no kubeconfig, or it is a secret of the state */
  locate({ type, custom, inputs, provider }: KeptResource): LocatedObject | undefined {
    if (custom !== true || inputs === undefined || provider === undefined || !type.startsWith("kubernetes:")) {
      return undefined;
    }
    const object = objectOf(inputs) as Partial<KubeObject>;
    const named = [object.apiVersion, object.kind, object.metadata?.name].every((word) => typeof word === "string");
    return named ? { client: this.clientOf(provider), object: object as KubeObject } : undefined;
  }

  private clientOf(reference: string): KubeClient {
    const client = this.clients.get(reference) ?? this.connect(reference);
    this.clients.set(reference, client);
    return client;
  }

  private connect(reference: string): KubeClient {
    const { urn, id } = splitReference(reference);
    const config = this.kept.resources?.find((one) => one.urn === urn && one.id === id)?.inputs;
    if (config === undefined || !["string", "undefined"].includes(typeof config["kubeconfig"])) {
      throw new Unreachable(`the cluster of ${reference} is not known`);
    }
    return new KubeClient(connectionOf(config, this.env));
  }
}

/** The object as it is in the cluster; `undefined` when it does not exist. @throws Unreachable when its cluster does not answer */
export function lookAt({ client, object }: LocatedObject): Promise<KubeObject | undefined> {
  const { apiVersion, kind, metadata } = object;
  return client.get(apiVersion, kind, metadata.namespace, metadata.name);
}

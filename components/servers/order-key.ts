import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { randomBytes } from "node:crypto";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";
import type { MountedFiles } from "../pods/mounted-files";

/** Name of the Secret with the key of those who may give orders to controllers. */
export const ORDERS = "kafka-orders";

const DIRECTORY = "/etc/kafka-orders";

/** As many as the digest of the proofs has. */
const KEY_BYTES = 32;

/**
 * The key as files of a container: for controllers, and for what tells them to retire or to return. A pod starts without the Secret, because a server that takes no orders
 * does less harm than one that does not run; it gets the files when the Secret is there.
 */
export const orderKeyFiles = {
  volume: { name: "orders", secret: { secretName: ORDERS, defaultMode: 0o440, optional: true } },
  mount: { name: "orders", mountPath: DIRECTORY, readOnly: true },
  env: { name: "KAFKA_ORDERS_DIR", value: DIRECTORY },
} satisfies MountedFiles;

/**
 * The Secret with the key for orders to controllers. The key is random, is made once, and is kept, encrypted, in the state. When the Secret was deleted, the next update makes
 * another key, which running pods have a minute or two later.
 */
export class OrderKey extends pulumi.ComponentResource {
  /** The Secret. */
  readonly secret: k8s.core.v1.Secret;

  constructor(name: string, args: Scope, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:servers:OrderKey", name, {}, opts);
    const key = randomBytes(KEY_BYTES).toString("base64url");
    this.secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: metadata(args, "ops", ORDERS),
        data: { key: pulumi.secret(Buffer.from(key).toString("base64")) },
      },
      // Each run of the program proposes another key; the first one counts.
      { ...fixedName(this), ignoreChanges: ["data"] },
    );
    this.registerOutputs({});
  }
}

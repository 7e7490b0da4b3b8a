/** Creates Kubernetes objects as Pulumi's Kubernetes provider does: server-side apply, then a wait until they are ready. */
import { isClusterScoped, isMutableInPod } from "kafka-stack-kubernetes-facts";
import { hasPart, isPart } from "../../components/kubernetes/part-of";
import { diff, formatPath, parsePath, valueAt, withValueAt } from "../paths";
import {
  NotReady,
  Refused,
  type Difference,
  type Made,
  type Operation,
  type Provider,
  type Refreshed,
  type Subject,
} from "../provider";
import { setting, type ProviderContext } from "../providers";
import type { ResourceState } from "../state";
import { hasUnknown, isObject, type PropertyMap } from "../values";
import { pause } from "kafka-stack-waiting";
import { awaitGone, awaitReady, patienceFor } from "./await";
import { KubeClient, type KubeObject, type Query } from "./client";
import { connectionOf } from "./connection";
import { ApiError, Unreachable } from "./http";
import { forcesReplacement, replacedPaths } from "./kinds";
import {
  annotatedTimeout,
  annotationsOf,
  AUTONAMED,
  autonameOf,
  idOf,
  metadataOf,
  objectOf,
  outputsOf,
  randomSuffix,
  sameName,
  typeOf,
  uidOf,
} from "./object";
import { unknownBeyond } from "./preview";
import { FIELD_MANAGER, refreshed } from "./refresh";

/** How long an object may take to become ready or to go, in seconds: the real provider's default. */
const DEFAULT_TIMEOUT = 600;

/** How long an object that is already being deleted may take to go, in seconds: its pods' grace period may have to pass. */
export const GOING_TIMEOUT = 180;

/** Kinds whose deletion the real provider does not await when told not to wait for them. */
const SKIPS_AWAITING_DELETION = new Set(["DaemonSet", "Deployment", "Job", "Namespace", "Pod", "StatefulSet"]);

/** The provider for one cluster. */
export class KubernetesProvider implements Provider {
  private connected: KubeClient | undefined;
  /** In a preview: the cluster did not answer, and is not asked again. */
  private absent = false;

  constructor(
    private readonly config: PropertyMap,
    private readonly context: ProviderContext,
  ) {}

  /** The client. @throws when the provider's config names no cluster (yet) */
  get client(): KubeClient {
    this.connected ??= new KubeClient(connectionOf(this.config, this.context.env));
    return this.connected;
  }

  private flag(name: string): boolean {
    return setting(this.config, name) === true;
  }

  /** Asks the cluster. Returns `undefined` in a preview without a cluster, because a preview may come first. */
  private async ask<T>(question: () => T | Promise<T>): Promise<T | undefined> {
    if (this.absent) {
      return undefined;
    }
    try {
      return await question();
    } catch (error) {
      if (!this.context.preview || !(error instanceof Unreachable)) {
        throw error;
      }
      this.absent = true;
      return undefined;
    }
  }

  /** Asks what has become of something. As with the real provider, no answer is an error in a preview too: what is there is not known then. */
  private async found<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (!this.context.preview || !(error instanceof Unreachable)) {
        throw error;
      }
      throw new Unreachable(`${error.message}; a preview with --no-refresh compares with the state alone`);
    }
  }

  async check(subject: Subject, inputs: PropertyMap, old: ResourceState | undefined): Promise<PropertyMap> {
    const { apiVersion, kind } = typeOf(subject, inputs);
    if (/^kubernetes:(helm\.sh|kustomize|yaml)\//.test(subject.type) || subject.type.endsWith(`:${kind}Patch`)) {
      throw new Error(`the engine stand-in does not make ${subject.type}; use the Pulumi CLI`);
    }
    const metadata: PropertyMap = { ...metadataOf(inputs) };
    if (metadata["name"] === undefined || metadata["name"] === null) {
      metadata["name"] = autonameOf(old) ?? `${subject.name}-${randomSuffix(subject.urn)}`;
      const annotations = metadata["annotations"];
      metadata["annotations"] = { ...(isObject(annotations) ? annotations : {}), [AUTONAMED]: "true" };
    }
    if (metadata["namespace"] === undefined || metadata["namespace"] === null) {
      const namespaced = await this.ask(() => this.client.isNamespaced(apiVersion, kind));
      if (namespaced ?? !isClusterScoped(kind)) {
        metadata["namespace"] = (await this.ask(() => this.client.namespace)) ?? "default";
      }
    }
    return { ...inputs, apiVersion, kind, metadata };
  }

  async diff(_subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference> {
    const { apiVersion, kind } = objectOf(inputs);
    const changes = diff(old.inputs, inputs);
    const immutable = inputs["immutable"] === true || old.inputs["immutable"] === true;
    const paths = replacedPaths(apiVersion, kind, immutable, {
      configMaps: this.flag("enableConfigMapMutable"),
      secrets: this.flag("enableSecretMutable"),
    });
    let replace = changes.filter((change) => forcesReplacement(paths, change)).map((change) => change.path);
    if (kind === "Pod") {
      replace = replace.filter((path) => !isMutableInPod(formatPath(path)));
    }
    if (annotationsOf(inputs)["pulumi.com/replaceUnready"] === "true" && (await this.hasFailed(old))) {
      replace.push(["metadata", "annotations", "pulumi.com/replaceUnready"]);
    }
    return { changes, replace, deleteBeforeReplace: sameName(old.inputs, inputs) && autonameOf(old) === undefined };
  }

  /** Whether a Job of an earlier run has not completed, or is gone and was never seen to complete. */
  private async hasFailed(old: ResourceState): Promise<boolean> {
    const { apiVersion, kind, metadata } = objectOf(old.inputs);
    if (kind !== "Job" || old.initErrors === undefined) {
      return false;
    }
    const live = await this.ask(() => this.client.get(apiVersion, kind, metadata.namespace, metadata.name));
    const conditions = (live?.status?.["conditions"] ?? []) as { type: string; status: string }[];
    return !conditions.some((condition) => condition.type === "Complete" && condition.status === "True");
  }

  async refresh(operation: Operation & { old: ResourceState }): Promise<Refreshed | undefined> {
    const { inputs, preview, note, signal } = operation;
    const object = objectOf(inputs);
    const { apiVersion, kind, metadata } = object;
    const query: Query = { fieldManager: FIELD_MANAGER, force: "true", dryRun: "All" };
    const asked = await this.found(async () => {
      for (;;) {
        const live = await this.client.get(apiVersion, kind, metadata.namespace, metadata.name);
        if (live === undefined || live.metadata.deletionTimestamp !== undefined) {
          return { live };
        }
        const found = await refreshed(this.client, live, inputs, (declared) => this.client.apply(declared, query));
        if (found !== undefined) {
          return { live, found };
        }
      }
    });
    if (asked.live !== undefined && asked.found === undefined && !preview) {
      note("something else is deleting it; waiting until it is gone");
      await awaitGone(this.client, asked.live, { timeout: GOING_TIMEOUT, uid: asked.live.metadata.uid, note, signal });
    }
    return asked.found;
  }

  async create(operation: Operation): Promise<Made> {
    const object = objectOf(operation.inputs);
    if (operation.preview) {
      return { id: "", outputs: await this.preview(operation, object) };
    }
    const live = await this.send(operation, async () => {
      if (!operation.adopt && !this.flag("upsertExistingObjects")) {
        await this.refuseExisting(object);
      }
      operation.begin();
      return this.client.apply(object, this.applyQuery(operation));
    });
    return this.finish(operation, live);
  }

  /** Refuses to take over an object that this stack did not create, which an apply would do silently. @throws when it exists */
  private async refuseExisting(object: KubeObject): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    const existing = await this.client.get(apiVersion, kind, metadata.namespace, metadata.name);
    if (existing !== undefined) {
      throw new Refused(
        `${kind} ${idOf(object)} exists already and is not in the state of this stack${whose(existing)}`,
      );
    }
  }

  async update(operation: Operation & { old: ResourceState }): Promise<PropertyMap> {
    const object = await this.withIgnored(operation, objectOf(operation.inputs));
    if (operation.preview) {
      return this.preview(operation, object);
    }
    const live = await this.send(operation, () => this.client.apply(object, this.applyQuery(operation)));
    return (await this.finish(operation, live)).outputs;
  }

  /** Ignored fields keep their live value, which something else may have set. */
  private async withIgnored(operation: Operation, object: KubeObject): Promise<KubeObject> {
    if (operation.ignoreChanges.length === 0) {
      return object;
    }
    const { apiVersion, kind, metadata } = object;
    const live = await this.ask(() => this.client.get(apiVersion, kind, metadata.namespace, metadata.name));
    let result = object as unknown as PropertyMap;
    for (const path of operation.ignoreChanges.map(parsePath)) {
      const value = live === undefined ? undefined : valueAt(live as unknown as PropertyMap, path);
      if (value !== undefined) {
        result = withValueAt(result, path, value) as PropertyMap;
      }
    }
    return result as unknown as KubeObject;
  }

  /** Takes fields over from other managers only when asked to, like the real provider. */
  private applyQuery(operation: Operation): Query {
    const force =
      annotationsOf(operation.inputs)["pulumi.com/patchForce"] === "true" ||
      this.flag("enablePatchForce") ||
      (operation.preview && operation.old === undefined);
    return { fieldManager: FIELD_MANAGER, force: String(force), ...(operation.preview && { dryRun: "All" }) };
  }

  /** Sends a change, and retries while something that it needs (a namespace, a kind) is being created. */
  private async send(operation: Operation, request: () => Promise<KubeObject>): Promise<KubeObject> {
    const pauses = [0.5, 1, 2, 4];
    let unfinished = operation.adopt;
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (unfinished && isImmutable(error) && operation.type.endsWith(":Job")) {
          // A killed run created this Job, and the program has changed it since.
          unfinished = false;
          await this.erase(operation, undefined);
          continue;
        }
        const seconds = error instanceof ApiError && error.code === 404 ? pauses.shift() : undefined;
        if (seconds === undefined) {
          throw explain(error);
        }
        operation.note(`not possible yet, trying again: ${(error as Error).message}`);
        await pause(seconds * 1000, operation.signal);
      }
    }
  }

  private async finish(operation: Operation, applied: KubeObject): Promise<Made> {
    const timeout = patienceFor(applied.kind, operation.timeout ?? annotatedTimeout(applied) ?? DEFAULT_TIMEOUT);
    const id = idOf(applied);
    try {
      const live = await awaitReady(this.client, applied, {
        timeout,
        note: operation.note,
        signal: operation.signal,
      });
      return { id, outputs: outputsOf(live, operation.inputs) };
    } catch (error) {
      throw new NotReady((error as Error).message, { id, outputs: outputsOf(applied, operation.inputs) }, error);
    }
  }

  /** The expected object: from the server's dry run where one is possible, else from the inputs. */
  private async preview(operation: Operation, object: KubeObject): Promise<PropertyMap> {
    let known: PropertyMap = {};
    if (!hasUnknown(operation.inputs)) {
      try {
        const result = await this.ask(() => this.client.apply(object, this.applyQuery(operation)));
        known = result === undefined ? {} : outputsOf(result, operation.inputs);
      } catch (error) {
        // Something that it needs does not exist yet, or the object is to be replaced, which a dry run cannot show.
        if (!(error instanceof ApiError && error.code === 404) && !isImmutable(error)) {
          throw explain(error);
        }
      }
    }
    return unknownBeyond(operation.inputs, known, operation.old?.outputs);
  }

  delete(operation: Operation & { old: ResourceState }): Promise<void> {
    return this.erase(operation, uidOf(operation.old));
  }

  private async erase(operation: Operation, uid: string | undefined): Promise<void> {
    const object = objectOf(operation.inputs);
    const annotations = annotationsOf(operation.inputs);
    const policy = annotations["pulumi.com/deletionPropagationPolicy"]?.toLowerCase();
    const propagation = policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
    try {
      if (!(await this.client.delete(object, propagation))) {
        return;
      }
    } catch (error) {
      throw explain(error);
    }
    if (annotations["pulumi.com/skipAwait"] === "true" && SKIPS_AWAITING_DELETION.has(object.kind)) {
      return;
    }
    const timeout = operation.timeout ?? annotatedTimeout(object) ?? DEFAULT_TIMEOUT;
    await awaitGone(this.client, object, { timeout, uid, note: operation.note, signal: operation.signal });
  }

  async read(subject: Subject, id: string, inputs: PropertyMap): Promise<PropertyMap> {
    const { apiVersion, kind } = typeOf(subject, inputs);
    const [namespace, name] = id.includes("/") ? id.split("/") : [this.client.namespace, id];
    const live = await this.client.get(apiVersion, kind, namespace, name ?? "");
    if (live === undefined) {
      throw new Error(`there is no ${kind} ${id}`);
    }
    return outputsOf(live, {});
  }
}

/** Says whose the existing object is and what to do. It never advises deletion, because others may depend on the object. */
function whose(existing: KubeObject): string {
  const labels = existing.metadata.labels ?? {};
  const stack = labels["app.kubernetes.io/instance"];
  if (existing.kind === "PersistentVolumeClaim" && stack !== undefined && !hasPart(labels)) {
    return `: a StatefulSet of the stack ${stack} created it for a server that was added by hand; run up with the number of servers that the stack had, and then with the new one`;
  }
  return isPart(labels) && stack !== undefined
    ? `: its labels say that it belongs to the stack ${stack}; give this stack a cluster.namespace of its own, or, if it is ${stack} and has lost its state, docs/operations.md says how to go on with its data ("When the engine's state is lost")`
    : "; rename what this stack makes, or give the stack a cluster.namespace of its own";
}

function isImmutable(error: unknown): boolean {
  return (
    error instanceof ApiError && error.code === 422 && /immutable|may not be changed|forbidden/i.test(error.message)
  );
}

function explain(error: unknown): Error {
  return error instanceof ApiError ? new Refused(error.message) : (error as Error);
}

import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { ClusterUnreachable } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { foreign, type Owner, ownNamespaces } from "../kubernetes/owner";
import type { Evidence, FoundVolume } from "./evidence";
import { deleteUnusedClaims } from "./delete-unused-claims";
import { isThere, readEvidence } from "./read-evidence";

/** A judgement of immutable settings. */
export interface SettingsVerdict {
  /** A sentence for each change that would leave data behind or lose it. */
  readonly refusals: readonly string[];
  /** Volumes on which no server ever started, and which belong elsewhere. */
  readonly unusedVolumes: readonly FoundVolume[];
}

/** Arguments of the guard. */
export interface ImmutableSettingsGuardArgs<Settings> {
  /** The stack's wanted immutable settings; plain JSON. */
  readonly settings: Settings;
  /** Namespace of the servers and their claims. */
  readonly namespace: string;
  /** The record's namespace, given that of the servers. */
  readonly recordNamespace: (namespace: string) => string;
  /** The stack that owns the namespaces. */
  readonly owner: Owner;
  /** The provider's cluster, which the guard asks for evidence. */
  readonly cluster: ClusterAccess;
  /** Judges settings by the cluster's evidence and the last agreed ones in the state. */
  readonly judge: (evidence: Evidence, agreed: Settings | undefined, wanted: Settings) => SettingsVerdict;
  /** Judges settings by the last agreed ones, where a preview has no cluster to ask. */
  readonly judgeUnasked: (agreed: Settings, wanted: Settings) => readonly string[];
  /** Whether there is data, or may be. */
  readonly hasData: (evidence: Evidence) => boolean;
  /** The end of a refusal: where to read on. */
  readonly help: string;
}

/** The content of the engine's state. Stacks have it, so its keys keep their names. */
interface Kept<Settings> {
  readonly choices: Settings;
  readonly namespace: string;
  readonly cluster: { readonly context?: string; readonly kubeconfig?: string };
}

/**
 * Rejects changes to immutable settings, in the preview and at the beginning of an update, before anything that depends on it is touched.
 *
 * The settings are kept in the engine's state and belong to no cluster and no namespace, so that nothing replaces them. Whenever they are created or
 * changed, Pulumi calls a hook, which asks the cluster what exists. A change that fails later stays in the state; another object records what was
 * reached (`ImmutableSettingsRecord`).
 */
export class ImmutableSettingsGuard<Settings> extends pulumi.ComponentResource {
  /** Everything that holds data must wait for this. */
  readonly agreed: pulumi.Resource;

  constructor(name: string, args: ImmutableSettingsGuardArgs<Settings>, opts?: pulumi.ComponentResourceOptions) {
    super(
      "kafka-stack:stack:ImmutableSettingsGuard",
      name,
      {},
      pulumi.mergeOptions(opts, { aliases: [{ type: "kafka-stack:stack:ChoicesGate" }] }),
    );
    const hook = new pulumi.ResourceHook(
      `${name}-judgement`,
      ({ oldInputs, newInputs }) => pass(args, keptIn<Settings>(oldInputs), keptIn<Settings>(newInputs)),
      { onDryRun: true },
    );
    const { context, kubeconfig } = args.cluster;
    const kept: Kept<Settings> = {
      choices: args.settings,
      namespace: args.namespace,
      cluster: {
        ...(context !== undefined && { context }),
        // It may be the content, with credentials.
        ...(kubeconfig !== undefined && { kubeconfig: createHash("sha256").update(kubeconfig).digest("hex") }),
      },
    };
    this.agreed = new pulumi.Stash(
      "choices-held",
      { input: kept },
      { parent: this, hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
    );
    this.registerOutputs({});
  }
}

const keptIn = <Settings>(inputs: Record<string, unknown> | undefined): Kept<Settings> | undefined =>
  inputs?.["input"] as Kept<Settings> | undefined;

async function pass<Settings>(
  args: ImmutableSettingsGuardArgs<Settings>,
  before: Kept<Settings> | undefined,
  after: Kept<Settings> | undefined,
): Promise<void> {
  if (after === undefined) throw new Error("the engine passed no settings to judge");
  const preview = pulumi.runtime.isDryRun();
  let verdict: SettingsVerdict;
  try {
    verdict = await verdictOf(args, before, after);
  } catch (error) {
    if (!(error instanceof ClusterUnreachable)) throw error;
    if (!preview) {
      const costs = "nothing was changed, because nobody knows what data there is";
      throw new Error(`${error.message}; ${costs}; run this again when the cluster answers`, { cause: error });
    }
    await pulumi.log.warn(`${error.message}; the preview relies on the state`);
    verdict = { refusals: before ? args.judgeUnasked(before.choices, after.choices) : [], unusedVolumes: [] };
  }
  if (verdict.refusals.length > 0) throw new Error(`${verdict.refusals.join("; ")}; ${args.help}`);
  if (!preview) await deleteUnusedClaims(args.cluster, args.namespace, verdict.unusedVolumes);
}

async function verdictOf<Settings>(
  args: ImmutableSettingsGuardArgs<Settings>,
  before: Kept<Settings> | undefined,
  after: Kept<Settings>,
): Promise<SettingsVerdict> {
  const evidenceIn = (namespace: string) =>
    readEvidence(args.cluster, { namespace, recordNamespace: args.recordNamespace(namespace) });
  if (before && isOtherAccess(before, after) && !(await isThere(args.cluster, before.namespace, args.owner))) {
    return refuse(elsewhere(before, after));
  }
  if (before && before.namespace !== after.namespace && args.hasData(await evidenceIn(before.namespace))) {
    return refuse(
      `cluster.namespace cannot change from ${before.namespace} to ${after.namespace} on a stack that has data: its claims and volumes belong to ${before.namespace}, and the servers would start empty`,
    );
  }
  if (before === undefined) {
    const elsewhere = await runsElsewhere(args, after, evidenceIn);
    if (elsewhere !== undefined) return refuse(elsewhere);
  }
  const others = await foreign(args.cluster, after.namespace, args.owner);
  if (others !== undefined) return refuse(others);
  return args.judge(await evidenceIn(after.namespace), before?.choices, after.choices);
}

/**
 * Whether servers of the stack run in another namespace. The state may not know their namespace: it was lost, or an older version did not store it.
 */
async function runsElsewhere<Settings>(
  { cluster, owner }: ImmutableSettingsGuardArgs<Settings>,
  { namespace }: Kept<Settings>,
  evidenceIn: (namespace: string) => Promise<Evidence>,
): Promise<string | undefined> {
  for (const { name, marked } of await ownNamespaces(cluster, owner)) {
    if (name === namespace || (await evidenceIn(name)).deployed !== true) continue;
    const other =
      "if they are those of another project's stack of the same name, run `up` there with this version first";
    return `cluster.namespace is ${namespace}, and servers of this stack run in ${name}: their data would stay there, and the servers would start empty; set cluster.namespace to ${name}${marked ? "" : ` (${other})`}`;
  }
  return undefined;
}

const isOtherAccess = ({ cluster: before }: Kept<unknown>, { cluster: after }: Kept<unknown>): boolean =>
  before.context !== after.context || before.kubeconfig !== after.kubeconfig;

const refuse = (reason: string): SettingsVerdict => ({ refusals: [reason], unusedVolumes: [] });

function elsewhere(before: Kept<unknown>, after: Kept<unknown>): string {
  const key = before.cluster.context === after.cluster.context ? "cluster.kubeconfig" : "cluster.context";
  return `${key} cannot change to a cluster that has no namespace ${before.namespace} of this stack: the data would stay on the other cluster; take the stack down there first (its data is kept), or set ${key} back`;
}

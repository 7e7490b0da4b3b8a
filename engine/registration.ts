/** A program's registration of a resource, read from the protocol's request. */
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { Timeouts } from "./state";
import { makeUrn, nameOf, projectOf, stackOf, typeOf } from "./urn";
import { fromStruct, normalize, type PropertyMap, type Value } from "./values";

/** One resource with its options. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  readonly custom: boolean;
  /** The component's provider, not the program, creates its children. */
  readonly remote: boolean;
  readonly inputs: PropertyMap;
  readonly dependencies: string[];
  readonly propertyDependencies: Record<string, string[]>;
  /** The provider's reference; absent for the default provider. */
  readonly provider?: string;
  /** For components: provider references by package. */
  readonly providers: Readonly<Record<string, string>>;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  /** The program's value; absent when the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: string[];
  readonly replaceOnChanges: string[];
  readonly replaceWith: string[];
  readonly replacementTrigger?: Value;
  readonly additionalSecretOutputs: string[];
  readonly importId?: string;
  readonly timeouts: Timeouts;
  readonly aliases: readonly AliasSpec[];
  /** Names of the hooks before a creation or replacement. */
  readonly beforeCreate: string[];
  /** Names of the hooks before an update. */
  readonly beforeUpdate: string[];
}

/** The registration of a custom resource without any options, for requests that no program sends. */
export function registrationOf(
  type: string,
  name: string,
  inputs: PropertyMap,
  options: Partial<Registration> = {},
): Registration {
  return {
    type,
    name,
    custom: true,
    remote: false,
    inputs,
    dependencies: [],
    propertyDependencies: {},
    providers: {},
    ignoreChanges: [],
    replaceOnChanges: [],
    replaceWith: [],
    additionalSecretOutputs: [],
    timeouts: {},
    aliases: [],
    beforeCreate: [],
    beforeUpdate: [],
    ...options,
  };
}

/** A former identity of the resource: a whole URN, or the parts that differ from the current one. */
export type AliasSpec =
  | { readonly urn: string }
  | {
      readonly name?: string;
      readonly type?: string;
      readonly stack?: string;
      readonly project?: string;
      /** The old parent's URN, `null` for none; absent when it is the current one. */
      readonly parent?: string | null;
    };

function optional(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** Drops undefined properties. */
function compact<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Reads a registration. */
export function readRegistration(request: RegisterResourceRequest): Registration {
  const timeouts = request.getCustomtimeouts();
  const trigger = request.getReplacementTrigger();
  const aliases: AliasSpec[] = request.getAliasurnsList().map((urn) => ({ urn }));
  for (const alias of request.getAliasesList()) {
    const spec = alias.getSpec();
    aliases.push(
      spec === undefined
        ? { urn: alias.getUrn() }
        : compact({
            name: optional(spec.getName()),
            type: optional(spec.getType()),
            stack: optional(spec.getStack()),
            project: optional(spec.getProject()),
            parent: spec.getNoparent() ? null : optional(spec.getParenturn()),
          }),
    );
  }
  refuseOtherHooks(request.getHooks()?.toObject() ?? {});
  return compact({
    type: request.getType(),
    name: request.getName(),
    parent: optional(request.getParent()),
    custom: request.getCustom(),
    remote: request.getRemote(),
    inputs: normalize(fromStruct(request.getObject())),
    dependencies: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .getEntryList()
        .map(([key]) => [key, request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? []]),
    ),
    provider: optional(request.getProvider()),
    providers: Object.fromEntries(request.getProvidersMap().getEntryList()),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: optional(request.getDeletedwith()),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replaceWith: request.getReplaceWithList(),
    replacementTrigger: trigger === undefined ? undefined : normalize(trigger.toJavaScript() as Value),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    importId: optional(request.getImportid()),
    timeouts: compact({
      create: seconds(timeouts?.getCreate()),
      update: seconds(timeouts?.getUpdate()),
      delete: seconds(timeouts?.getDelete()),
    }),
    aliases,
    beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
    beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
  });
}

/** @throws when a resource names a hook that the stand-in would not call: silence would be taken for its consent */
function refuseOtherHooks(hooks: object): void {
  const others = Object.entries(hooks).filter(
    ([kind, names]) => !["beforeCreateList", "beforeUpdateList"].includes(kind) && (names as string[]).length > 0,
  );
  for (const [kind, names] of others) {
    const called = (names as string[]).join(", ");
    throw new Error(
      `the engine stand-in does not call hooks of the kind ${kind.slice(0, -"List".length)} (${called}); use the Pulumi CLI`,
    );
  }
}

/**
 * Reads a Go duration (`1h30m`, `90s`, `500ms`).
 *
 * @throws when it is malformed
 */
export function seconds(text: string | undefined): number | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  let total = 0;
  const rest = text.replace(/(\d+(?:\.\d+)?)(ms|h|m|s)/g, (_, amount: string, unit: string) => {
    total += Number(amount) * (units[unit] ?? 0);
    return "";
  });
  if (rest !== "") {
    throw new Error(`"${text}" is not a duration (expected a form like 90s, 10m or 1h30m)`);
  }
  return total;
}

/**
 * All URNs that the resource may have had: from its own aliases and from its parent's.
 *
 * @param urn the resource's current URN
 * @param parentAliases the former URNs of its parent
 */
export function aliasUrns(registration: Registration, urn: string, parentAliases: readonly string[]): string[] {
  const { parent, name, type } = registration;
  const urns = new Set<string>();
  for (const alias of registration.aliases) {
    if ("urn" in alias) {
      urns.add(alias.urn);
      continue;
    }
    const aliasName = alias.name ?? name;
    const aliasType = alias.type ?? type;
    const aliasParent = alias.parent === null ? undefined : (alias.parent ?? parent);
    const make = (of: string | undefined, as: string) =>
      makeUrn(alias.stack ?? stackOf(urn), alias.project ?? projectOf(urn), of, aliasType, as);
    urns.add(make(aliasParent, aliasName));
    if (alias.parent === undefined) {
      for (const old of parentAliases) {
        urns.add(make(old, inherit(aliasName, parent, old)));
      }
    }
  }
  for (const old of parentAliases) {
    urns.add(makeUrn(stackOf(urn), projectOf(urn), old, type, inherit(name, parent, old)));
  }
  urns.delete(urn);
  return [...urns];
}

/** A child whose name begins with its parent's had the parent's old name there. */
function inherit(name: string, parent: string | undefined, oldParent: string): string {
  const parentName = parent === undefined ? "" : nameOf(parent);
  return parentName !== "" && typeOf(oldParent) !== "" && name.startsWith(parentName)
    ? nameOf(oldParent) + name.slice(parentName.length)
    : name;
}

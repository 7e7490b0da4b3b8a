/** Pulumi's resource names: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */

const STACK_TYPE = "pulumi:pulumi:Stack";

/** Builds a resource's URN; a parent that is the stack is left out. */
export function makeUrn(
  stack: string,
  project: string,
  parent: string | undefined,
  type: string,
  name: string,
): string {
  const parentType = parent === undefined ? "" : qualifiedTypeOf(parent);
  const prefix = parentType === "" || parentType === STACK_TYPE ? "" : `${parentType}$`;
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

function part(urn: string, index: number): string {
  return urn.split("::")[index] ?? "";
}

/** The type, after all parent types. */
export function qualifiedTypeOf(urn: string): string {
  return part(urn, 2);
}

/** The resource's own type. */
export function typeOf(urn: string): string {
  return qualifiedTypeOf(urn).split("$").at(-1) ?? "";
}

/** The resource's name (which may itself hold `::`). */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The stack's name. */
export function stackOf(urn: string): string {
  return part(urn, 0).slice("urn:pulumi:".length);
}

/** The project's name. */
export function projectOf(urn: string): string {
  return part(urn, 1);
}

/** Splits a provider reference `urn::id`. */
export function splitReference(reference: string): { urn: string; id: string } {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}

/** Whether this type is the stack itself. */
export function isStack(type: string): boolean {
  return type === STACK_TYPE;
}

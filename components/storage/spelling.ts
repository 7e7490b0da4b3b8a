import type { Place } from "./plan";

/** A directory as everybody spells it: without doubled slashes, `.` and a slash at the end. */
export function canonicalPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}

/** A host as everybody spells it: in lower case, without the root's dot at the end. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/(?<=[^.])\.$/, "");
}

/** A place in the one spelling by which places are compared, and in which volumes are made. */
export function canonicalPlace(place: Place): Place {
  const path = canonicalPath(place.path);
  return place.type === "nfs" ? { ...place, server: canonicalHost(place.server), path } : { ...place, path };
}

/** A place as text: `server:path` or `node:path`, or the path alone where any node will do. */
export function placeText(place: Place): string {
  const root = place.type === "nfs" ? place.server : place.node;
  return root === undefined ? place.path : `${root}:${place.path}`;
}

/** The text of a place in the canonical spelling: two texts are of one place exactly when these are equal. */
export function canonicalPlaceText(text: string): string {
  const slash = text.indexOf("/");
  const root = text.slice(0, slash).replace(/:$/, "");
  const path = canonicalPath(text.slice(slash));
  return root === "" ? path : `${canonicalHost(root)}:${path}`;
}

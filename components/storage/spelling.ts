import type { Place } from "./plan";

/** A directory in canonical spelling: without doubled slashes, `.` and a trailing slash. */
export function canonicalPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}

/** A host in canonical spelling: in lower case, without the root's trailing dot. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/(?<=[^.])\.$/, "");
}

/** A place in canonical spelling, for comparison and for creating volumes. */
export function canonicalPlace(place: Place): Place {
  const path = canonicalPath(place.path);
  return place.type === "nfs" ? { ...place, server: canonicalHost(place.server), path } : { ...place, path };
}

/** A place as text: `server:path` or `node:path`, or the path alone for any node. */
export function placeText(place: Place): string {
  const root = place.type === "nfs" ? place.server : place.node;
  return root === undefined ? place.path : `${root}:${place.path}`;
}

/** The text of a place in canonical spelling: equal texts mean the same place, and only they do. */
export function canonicalPlaceText(text: string): string {
  const slash = text.indexOf("/");
  const root = text.slice(0, slash).replace(/:$/, "");
  const path = canonicalPath(text.slice(slash));
  return root === "" ? path : `${canonicalHost(root)}:${path}`;
}

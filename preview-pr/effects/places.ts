import { display } from "../../policy/model";
import { kindOf, pathsOf, type ResourceChange, resourceOf } from "../changes";
import { type Effect, objectOf } from "./effect";

/** Settings of a provider that say which cluster it works on. */
const clusterSettings = ["kubeconfig", "context", "cluster", "clusterIdentifier"];

/** What a change of a provider or of a Helm chart's volume does to data. */
export function placeEffects(change: ResourceChange): Effect[] {
  if (!("properties" in change)) {
    return [];
  }
  const resource = resourceOf(change);
  const paths = pathsOf(change.properties);
  if (resource.type === "pulumi:providers:kubernetes") {
    const moved = clusterSettings.filter((setting) => paths.some((path) => path.split(/[.[]/)[0] === setting));
    return moved.length === 0
      ? []
      : [
          {
            subject: `provider ${resource.name}`,
            text: `changes ${moved.join(" and ")}: if that is another cluster, everything is made anew there and all data stays behind`,
          },
        ];
  }
  const volume = paths.filter((path) => /^values\.persistence\b/.test(path));
  const object = objectOf(resource);
  return /^(Chart|Release)$/.test(kindOf(resource)) && object !== undefined && volume.length > 0
    ? [{ subject: display(object), text: `changes its volume by ${volume.join(", ")}` }]
    : [];
}

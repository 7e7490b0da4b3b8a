import type { Value } from "../../policy/model";
import { distinct, type Effect, objectChanges } from "./effect";
import type { ResourceChange } from "../changes";
import { userEffects } from "./users";

/** Who gains and who loses access to what, through changed NetworkPolicies and rights in Kafka. */
export function accessEffects(changes: readonly ResourceChange[]): Effect[] {
  const objects = objectChanges(changes);
  return distinct([
    ...objects.flatMap(userEffects),
    ...objects
      .filter(({ kind }) => kind === "NetworkPolicy")
      .flatMap(({ subject, before, after }) => {
        const was = new Set(waysIn(before?.properties.at("spec")));
        const is = new Set(waysIn(after?.properties.at("spec")));
        return [
          ...(after === undefined
            ? [{ subject, text: "goes: what it selected and no other NetworkPolicy selects can be reached by anyone" }]
            : []),
          ...[...is].filter((way) => !was.has(way)).map((way) => ({ subject, text: `now lets ${way}` })),
          ...[...was].filter((way) => !is.has(way)).map((way) => ({ subject, text: `no longer lets ${way}` })),
        ];
      }),
  ]);
}

/** Each access that a NetworkPolicy allows: `pods of namespace orders connect to port 9092`. */
function waysIn(spec: Value | undefined): string[] {
  return (spec?.at("ingress").items() ?? []).flatMap((rule) => {
    const ports = rule
      .at("ports")
      .items()
      .map((port) => `port ${port.at("port").scalar ?? "?"}`);
    const from = rule.at("from");
    const peers = from.items().map(describePeer);
    const who = from.unknown ? ["somebody who is not known yet"] : peers.length === 0 ? ["anyone"] : peers;
    return who.flatMap((each) =>
      (ports.length === 0 ? ["every port"] : ports).map((port) => `${each} connect to ${port}`),
    );
  });
}

function describePeer(peer: Value): string {
  const cidr = peer.at("ipBlock", "cidr");
  if (!cidr.missing) {
    const except = peer
      .at("ipBlock", "except")
      .items()
      .map(({ text }) => text ?? "?");
    return `addresses ${cidr.text ?? "?"}${except.length === 0 ? "" : ` without ${except.join(", ")}`}`;
  }
  const namespaces = peer.at("namespaceSelector");
  const pods = `pods${labelled(peer.at("podSelector"))}`;
  if (namespaces.missing) return `${pods} of the same namespace`;
  const name = namespaces.at("matchLabels", "kubernetes.io/metadata.name").text;
  const only = namespaces.at("matchLabels").entries().length === 1 && namespaces.at("matchExpressions").missing;
  if (name !== undefined && only) return `${pods} of namespace ${name}`;
  const labels = labelled(namespaces);
  return labels === "" ? `${pods} of every namespace` : `${pods} of namespaces${labels}`;
}

/** ` with a=b, c=d`; empty for a selector that matches everything. */
function labelled(selector: Value): string {
  const labels = selector
    .at("matchLabels")
    .entries()
    .map(([key, value]) => `${key}=${value.text ?? "?"}`);
  const expressions = selector
    .at("matchExpressions")
    .items()
    .map((one) => {
      const values = one
        .at("values")
        .items()
        .map(({ text }) => text ?? "?");
      return `${one.at("key").text ?? "?"} ${one.at("operator").text ?? "?"} ${values.join(" ")}`.trim();
    });
  const all = [...labels, ...expressions];
  return selector.unknown ? " with labels that are not known yet" : all.length === 0 ? "" : ` with ${all.join(", ")}`;
}

import assert from "node:assert/strict";
import fc from "fast-check";
import { clusterScopedKinds, replacedPaths } from "kafka-stack-engine";
import { parseBytes, parseCpu } from "../../components/kubernetes/quantities";
import * as components from "../../components/pods/fields";
import { CLUSTER_SCOPED } from "../../policy/model/kinds";
import { parseQuantity } from "../../policy/model/quantity";
import { fixedProperties } from "../../policy/model/replacement";
import { kubernetesResource } from "../../policy/model/resource";
import * as policy from "../../policy/model/sysctls";

/** Paths of the properties for which the policies say that an object is replaced. */
function fixedOf(apiVersion: string, kind: string): string[] {
  const type = `kubernetes:${apiVersion}:${kind}`;
  const resource = kubernetesResource({ type, urn: "urn:pulumi:dev::p::t::n", name: "n", props: { spec: {} } });
  assert.ok(resource);
  return [...fixedProperties(resource).keys()].sort();
}

// The policy pack, the package and the engine are used without one another, so each has what it needs to know.
describe("What is known of Kubernetes in several places", () => {
  it("is the same for kinds without a namespace", () => {
    assert.deepEqual([...CLUSTER_SCOPED].sort(), [...clusterScopedKinds()].sort());
  });

  it("is the same for sysctls that are safe", () => {
    assert.deepEqual([...components.SAFE_SYSCTLS].sort(), [...policy.SAFE_SYSCTLS].sort());
  });

  for (const [apiVersion, kind, own] of [
    ["apps/v1", "StatefulSet", "apps/v1"],
    ["core/v1", "PersistentVolumeClaim", "v1"],
  ] as const) {
    it(`is the same for what cannot change in a ${kind}`, () => {
      const mutable = { configMaps: true, secrets: true };
      const engine = replacedPaths(own, kind, false, mutable).map((path) => path.join("."));
      assert.deepEqual(fixedOf(apiVersion, kind), engine.sort());
    });
  }

  it("is the same for quantities", () => {
    const number = fc
      .tuple(fc.nat(9999), fc.option(fc.nat(99)))
      .map(([whole, part]) => `${whole}${part === null ? "" : `.${part}`}`);
    const unit = fc.constantFrom("", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi");
    fc.assert(
      fc.property(number, unit, (digits, suffix) => {
        assert.equal(parseBytes(`${digits}${suffix}`), parseQuantity(`${digits}${suffix}`));
      }),
    );
    fc.assert(
      fc.property(fc.nat(99_999), fc.constantFrom("", "m"), (digits, suffix) => {
        const [one, other] = [parseCpu(`${digits}${suffix}`), parseQuantity(`${digits}${suffix}`)];
        assert.ok(one !== undefined && other !== undefined && Math.abs(one - other) <= 1e-9 * Math.max(1, other));
      }),
    );
  });
});

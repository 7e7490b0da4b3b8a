import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { record } from "../../test/support/recording";
import { refuseSharedNamespace } from "./one-namespace";

describe("the namespace of a second cluster", () => {
  /** What becomes of the second one's namespace. */
  const second = async (
    first: pulumi.Input<string>,
    namespace: pulumi.Input<string> | undefined,
  ): Promise<pulumi.Input<string> | undefined> => {
    let used: pulumi.Input<string> | undefined;
    const { outputs } = await record(() => {
      const place = (name: string, given: { namespace?: pulumi.Input<string> | undefined }) =>
        refuseSharedNamespace(new pulumi.ComponentResource("test:test:Cluster", name), name, given).namespace;
      void place("first", { namespace: first });
      used = place("second", { namespace });
      return { used };
    });
    return typeof used === "string" ? used : (outputs["used"] as string);
  };
  const SAYS = /The cluster second is refused: namespace: shared is that of the cluster first; .* Give second another/;

  it("is compared once it is known, where either is an output, and fails with the same error", async () => {
    const shared = pulumi.output("shared");
    await assert.rejects(second("shared", "shared"), SAYS);
    await assert.rejects(second(shared, shared), SAYS);
    await assert.rejects(second("shared", shared), SAYS);
    await assert.rejects(second(shared, "shared"), SAYS);
    assert.equal(await second(shared, pulumi.output("other")), "other");
    assert.equal(await second(shared, "other"), "other");
    assert.equal(await second("shared", "other"), "other");
  });

  it("stays known in a preview in which that of the first is not", async () => {
    let known: boolean | undefined;
    await record(
      () => {
        const later = new pulumi.Stash("later", { input: "shared" }).input as pulumi.Output<string>;
        const place = (name: string, namespace: pulumi.Input<string>) =>
          refuseSharedNamespace(new pulumi.ComponentResource("test:test:Cluster", name), name, { namespace }).namespace;
        void place("first", later);
        const { isKnown } = place("second", "other") as unknown as { isKnown: Promise<boolean> };
        const before = (later as unknown as { isKnown: Promise<boolean> }).isKnown;
        return { known: Promise.all([before, isKnown]).then(([one, two]) => (known = !one && two)) };
      },
      { preview: true },
    );
    assert.equal(known, true);
  });

  it("is its own without an argument, and not replaced by an output", async () => {
    assert.equal(await second(pulumi.output("shared"), undefined), undefined);
  });
});

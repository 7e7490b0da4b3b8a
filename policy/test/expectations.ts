import type { PolicyPackConfig } from "@pulumi/policy";
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";

import { evaluate, type Policy } from "../evaluate";
import type { PulumiResource } from "../model/resource";

/** One expectation of a policy. */
export interface Case {
  readonly title: string;
  readonly resources: readonly PulumiResource[];
  /** Form of each message, in order; empty when the policy is kept. */
  readonly messages: readonly RegExp[];
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The SDK's guard around the properties that a policy gets: reading an unknown one throws. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the SDK does not declare this internal function
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  unknownCheckingProxy: (props: Record<string, unknown>) => Record<string, unknown>;
};

type Resources = PulumiResource | readonly PulumiResource[];

/** The policy is violated, once for each message. */
export function fails(title: string, resources: Resources, messages: RegExp | readonly RegExp[], settings = {}): Case {
  return { title: `fails ${title}`, resources: [resources].flat(), messages: [messages].flat(), settings };
}

/** The resources comply with the policy. */
export function passes(title: string, resources: Resources, settings = {}): Case {
  return { title: `passes ${title}`, resources: [resources].flat(), messages: [], settings };
}

/** The policy reports nothing about unknown values. */
export function waits(title: string, resources: Resources, settings = {}): Case {
  return { title: `says nothing while ${title}`, resources: [resources].flat(), messages: [], settings };
}

/** Checks a policy's cases, with properties as the Pulumi policy SDK presents them. */
export function expectations(policy: Policy, ...cases: readonly Case[]): void {
  describe(policy.name, () => {
    for (const { title, resources, messages, settings } of cases) {
      it(title, async () => {
        const config: PolicyPackConfig = { [policy.name]: { enforcementLevel: "mandatory", ...settings } };
        const guarded = resources.map((resource) => ({ ...resource, props: unknownCheckingProxy(resource.props) }));
        const found = (await evaluate([policy], config, guarded)).map(({ message }) => message);
        assert.equal(found.length, messages.length, `reported: ${found.join("; ") || "nothing"}`);
        messages.forEach((form, index) => {
          assert.match(found[index] ?? "", form);
        });
      });
    }
  });
}

import { sandboxEnvironment } from "../../sandbox/environment";
import { run } from "../../sandbox/host/command";
import { kubectl } from "../support/kubectl";
import { until } from "../support/until";

const NAME = "volumes-stay";

/** Nobody may delete volumes, as where people may delete only objects in a namespace. */
const POLICY = [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: NAME },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["DELETE"], resources: ["persistentvolumes"] },
        ],
      },
      validations: [{ expression: "false", message: NAME }],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ["Deny"] },
  },
];

/** Whether the API server would delete a volume. */
const deletable = (volume: string): Promise<boolean> =>
  kubectl("delete", "persistentvolume", volume, "--dry-run=server", "--wait=false").then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && error.message.includes(NAME)) return false;
      throw error;
    },
  );

/**
 * Does something while nobody may delete volumes.
 *
 * @param volume an existing one, to see whether the policy is already effective.
 */
export async function whileVolumesStay(volume: string, something: () => Promise<void>): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: POLICY });
  await run("kubectl", ["apply", "-f", "-"], { env: sandboxEnvironment().env, input });
  try {
    await until("volumes stay", 60, async () => ((await deletable(volume)) ? "they can be deleted" : null));
    await something();
  } finally {
    for (const { kind } of POLICY) await kubectl("delete", kind, NAME, "--ignore-not-found");
    await until("volumes can go", 60, async () => ((await deletable(volume)) ? null : "they still stay"));
  }
}

import { all, any } from "../../model/answer";
import { matchesAny } from "../../model/pattern";
import { stackPolicy, workloadPolicy } from "../../model/policy";
import { inOneNamespace } from "../../model/resource";
import { selects } from "../../model/selector";
import { list } from "../../model/settings";
import { workloadOf } from "../../model/workload";

/** An intruder cannot replace files on a read-only root file system, and temporary files are limited to declared volumes. */
export const containerRootFileSystemReadOnly = workloadPolicy({
  name: "container-root-file-system-read-only",
  description: "Every container's root file system is read-only.",
  severity: "medium",
  remediationSteps: "Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where files are written.",
  check: ({ containers }, report) => {
    for (const { name, value } of containers) {
      if (value.at("securityContext", "readOnlyRootFilesystem").isNot(true)) {
        report(`container ${name} can write to its root file system`);
      }
    }
  },
});

/** A token in every pod gives whoever takes over one of them a way to the API server. */
export const podServiceAccountTokenNotMounted = workloadPolicy({
  name: "pod-service-account-token-not-mounted",
  description: "No pod mounts a service account's token unless its service account is allowed to.",
  severity: "medium",
  remediationSteps: "Set automountServiceAccountToken to false in the pod's spec.",
  settings: {
    allowedServiceAccounts: list([], "Service accounts whose token may be mounted; * stands for any characters."),
  },
  check: ({ pod }, report, { allowedServiceAccounts }) => {
    const account = pod.at("serviceAccountName");
    const allowed = account.unknown || matchesAny(allowedServiceAccounts, account.text ?? "default");
    if (!allowed && pod.at("automountServiceAccountToken").isNot(false)) {
      report("automountServiceAccountToken is not false");
    }
  },
});

/** Without a NetworkPolicy every pod of the cluster may connect to these pods. */
export const namespaceHasNetworkPolicy = stackPolicy({
  name: "namespace-has-network-policy",
  description: "The pods of each namespace are selected by a NetworkPolicy.",
  severity: "high",
  remediationSteps:
    "Add a NetworkPolicy with an empty podSelector that denies by default, and one for each allowed way in.",
  check: (resources, report) => {
    const networkPolicies = resources.filter(({ kind }) => kind === "NetworkPolicy");
    for (const workload of resources.map(workloadOf).filter((found) => found !== undefined)) {
      const selected = networkPolicies.map((networkPolicy) =>
        all(
          inOneNamespace(networkPolicy, workload.resource),
          selects(networkPolicy.properties.at("spec", "podSelector"), workload.podLabels),
        ),
      );
      if (any(...selected) === false) {
        report(workload.resource, "no NetworkPolicy of its namespace selects its pods");
      }
    }
  },
});

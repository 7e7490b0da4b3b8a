import * as rules from "../../rules/security/hardening";
import { deployment, job, labels, merge, resource, statefulSet, unknown } from "../builders";
import { expectations, fails, passes, waits } from "../expectations";

const networkPolicy = (podSelector: object, metadata = {}) =>
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "policy", {
    metadata: merge({ name: "policy", namespace: "kafka" }, metadata),
    spec: { podSelector: { ...podSelector } },
  });

expectations(
  rules.containerRootFileSystemReadOnly,
  fails(
    "left to the default",
    deployment({ container: { securityContext: { readOnlyRootFilesystem: undefined } } }),
    /container main can write to its root file system/,
  ),
  fails("when writable", job({ container: { securityContext: { readOnlyRootFilesystem: false } } }), /can write/),
  passes("when read-only", statefulSet()),
  waits("it is unknown", job({ container: { securityContext: { readOnlyRootFilesystem: unknown } } })),
);

expectations(
  rules.podServiceAccountTokenNotMounted,
  fails(
    "left to the default",
    deployment({ pod: { automountServiceAccountToken: undefined } }),
    /automountServiceAccountToken is not false/,
  ),
  fails(
    "when mounted",
    job({ pod: { automountServiceAccountToken: true, serviceAccountName: "ops" } }),
    /is not false/,
    {
      allowedServiceAccounts: ["operator"],
    },
  ),
  passes("when not mounted", statefulSet()),
  passes("for an allowed account", job({ pod: { automountServiceAccountToken: true, serviceAccountName: "ops" } }), {
    allowedServiceAccounts: ["op*"],
  }),
  waits("it is unknown", deployment({ pod: { automountServiceAccountToken: unknown } })),
);

expectations(
  rules.namespaceHasNetworkPolicy,
  fails(
    "without any",
    [deployment(), statefulSet()],
    [
      /Deployment kafka\/kproducer: no NetworkPolicy of its namespace selects its pods/,
      /StatefulSet kafka\/broker: no NetworkPolicy/,
    ],
  ),
  fails("with one in another namespace", [deployment(), networkPolicy({}, { namespace: "other" })], /no NetworkPolicy/),
  fails(
    "with one for other pods",
    [deployment(), networkPolicy({ matchLabels: labels("broker") })],
    /no NetworkPolicy/,
  ),
  passes("with one for all pods", [deployment(), statefulSet(), networkPolicy({})]),
  passes("with one for these pods", [deployment(), networkPolicy({ matchLabels: labels("kproducer") })]),
  waits("the namespace is unknown", [deployment(), networkPolicy({}, { namespace: unknown })]),
  waits("the selector is unknown", [deployment(), networkPolicy({ matchLabels: unknown })]),
);

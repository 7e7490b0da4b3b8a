import assert from "node:assert/strict";
import { removalOf } from "./kube-chains";

const saved = `# Generated
*filter
:INPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
:KSTACK-INPUT - [0:0]
-A INPUT -j KSTACK-INPUT
-A INPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 198.18.128.1/32 -j KUBE-SVC-A
COMMIT
*mangle
:INPUT ACCEPT [0:0]
COMMIT
`;

describe("the removal of Kubernetes' packet rules", () => {
  it("empties its chains, removes the jumps, then deletes the chains, and touches nothing else", () => {
    assert.equal(
      removalOf(saved),
      `*filter
:KUBE-FIREWALL - [0:0]
-D INPUT -j KUBE-FIREWALL
-X KUBE-FIREWALL
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
-D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-X KUBE-SERVICES
-X KUBE-SVC-A
COMMIT
`,
    );
  });

  it("does nothing where Kubernetes has no rules", () => {
    assert.equal(removalOf("*mangle\n:INPUT ACCEPT [0:0]\nCOMMIT\n"), "");
  });
});

import assert from "node:assert/strict";
import { BlockList } from "node:net";
import fc from "fast-check";
import { hostAddress, maxNodes, network, planNodes } from "./plan";

function contains(range: string, address: string): boolean {
  const [base = "", prefix] = range.split("/");
  const list = new BlockList();
  list.addSubnet(base, Number(prefix));
  return list.check(address);
}

describe("the plan of addresses", () => {
  it("gives no address, subnet, name or cgroup twice", () => {
    const nodes = planNodes(maxNodes, "/here/.sandbox");
    for (const field of ["name", "address", "podSubnet", "cgroup"] as const) {
      assert.equal(new Set(nodes.map((node) => node[field])).size, maxNodes, field);
    }
    assert.ok(!nodes.some(({ address }) => address === hostAddress));
  });

  it("keeps everything in its range, and the ranges apart", () => {
    for (const { address, podSubnet } of planNodes(maxNodes, "/here/.sandbox")) {
      assert.ok(contains(network.nodes.range, address), address);
      assert.ok(contains(network.pods, podSubnet.replace("/24", "")), podSubnet);
    }
    const starts = [network.pods, network.services, network.nodes.range, network.nfs].map(
      (range) => range.split("/")[0] ?? "",
    );
    for (const start of [...starts, hostAddress, network.docker.address])
      assert.ok(contains(network.range, start), start);
    for (const range of [network.pods, network.services, network.nodes.range, network.nfs]) {
      for (const start of starts.filter((each) => !range.startsWith(each))) {
        assert.ok(!contains(range, start), `${start} is in ${range}`);
      }
    }
    assert.ok(contains(network.services, network.apiService) && contains(network.services, network.dnsService));
  });

  it("moves no node when their number changes", () => {
    const count = fc.integer({ min: 1, max: maxNodes });
    fc.assert(
      fc.property(count, count, (few, many) => {
        const common = Math.min(few, many);
        assert.deepEqual(planNodes(few, "/x").slice(0, common), planNodes(many, "/x").slice(0, common));
      }),
    );
  });

  it("spreads nodes over zones", () => {
    assert.deepEqual(
      planNodes(4, "/x").map(({ zone }) => zone),
      ["zone-a", "zone-b", "zone-c", "zone-a"],
    );
  });

  it("gives two sandboxes different cgroups", () => {
    assert.notEqual(planNodes(1, "/one")[0]?.cgroup, planNodes(1, "/two")[0]?.cgroup);
  });

  for (const count of [0, -1, 1.5, maxNodes + 1, Number.NaN]) {
    it(`refuses ${count} nodes`, () => {
      assert.throws(() => planNodes(count, "/x"), /A sandbox can have from 1 to 16 nodes/);
    });
  }
});

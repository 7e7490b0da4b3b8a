import assert from "node:assert/strict";
import { parseTrustedProxy, TrustedProxies } from "../../src/kchat/trusted-proxies.js";

function proxies(entries: readonly string[], resolve?: (name: string) => Promise<readonly string[]>): TrustedProxies {
  const parsed = entries.map((entry) => parseTrustedProxy(entry) ?? assert.fail(`${entry} was not understood`));
  return new TrustedProxies(parsed, resolve);
}

describe("TrustedProxies", () => {
  it("trusts the configured addresses and ranges, in either form, and no others", () => {
    const { trusts } = proxies(["10.1.2.3", "192.168.0.0/16", "fd00::/8"]);
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "192.168.255.1", "fd12::1"])
      assert.ok(trusts(address), address);
    for (const address of ["10.1.2.4", "192.169.0.1", "fe80::1", "", "unknown", "10.1.2.3, 1.1.1.1"]) {
      assert.ok(!trusts(address), address);
    }
  });

  it("trusts nobody by default", () => {
    assert.ok(!proxies([]).trusts("127.0.0.1"));
  });

  it("follows the addresses of a name, and keeps them while the name cannot be resolved", async () => {
    let addresses: readonly string[] | undefined = ["198.18.0.1"];
    const trusted = proxies(["kconsumer-pods"], () =>
      addresses === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(addresses),
    );
    await trusted.refresh();
    assert.ok(trusted.trusts("198.18.0.1"));
    addresses = ["198.18.0.2", "198.18.0.3"];
    await trusted.refresh();
    assert.deepEqual(
      ["198.18.0.1", "198.18.0.2", "198.18.0.3"].map((address) => trusted.trusts(address)),
      [false, true, true],
    );
    addresses = undefined;
    await trusted.refresh();
    assert.ok(trusted.trusts("198.18.0.2"));
  });

  for (const entry of ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "a b", "-name", "name/8", "*"]) {
    it(`does not accept "${entry}"`, () => {
      assert.equal(parseTrustedProxy(entry), undefined);
    });
  }
});

import { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import type { ClusterAccess } from "./cluster-access";
import { isContent, loadKubeconfig, readKubeconfig } from "./kubeconfig";

/** A kubeconfig with one context, whose cluster and user have its name. */
const single = (name: string, { cluster = {}, user = {}, current = true }: Record<string, unknown> = {}) => ({
  clusters: [{ name, cluster: { server: `https://${name}`, ...(cluster as object) } }],
  users: [{ name, user }],
  contexts: [{ name, context: { cluster: name, user: name } }],
  ...(current === true && { "current-context": name }),
});

describe("the kubeconfig of a cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: unknown): string => {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : stringify(content));
    return file;
  };
  const load = (access: ClusterAccess, ...files: readonly string[]) =>
    loadKubeconfig(new KubeConfig(), access, { KUBECONFIG: files.join(delimiter) });

  it("is merged from the files of KUBECONFIG, of which the first wins", async () => {
    const first = write("first", { ...single("one"), "current-context": "" });
    const second = write("second", {
      ...single("two"),
      clusters: [...single("two").clusters, { name: "one", cluster: { server: "https://another" } }],
    });
    const third = write("third", single("three"));
    const config = await load({}, first, join(folder, "missing"), "", second, third);
    assert.equal(config.getCurrentContext(), "two");
    assert.deepEqual(
      config.getContexts().map(({ name }) => name),
      ["one", "two", "three"],
    );
    assert.equal((await load({ context: "one" }, first, second)).getCurrentCluster()?.server, "https://one");
  });

  it("has paths relative to its own file", async () => {
    const cluster = { "certificate-authority": "pki/ca.crt" };
    const user = { "client-certificate": "me.crt", "client-key": "/keys/me.key", exec: { command: "./bin/login" } };
    const own = write("a/config", single("a", { cluster, user }));
    const other = write("b/config", single("b", { user: { exec: { command: "aws" } } }));
    const config = await load({}, own, other);
    assert.equal(config.getCurrentCluster()?.caFile, join(folder, "a/pki/ca.crt"));
    const found = config.getCurrentUser() ?? { name: "none" };
    assert.deepEqual(
      [found.certFile, found.keyFile, found.exec as unknown],
      [join(folder, "a/me.crt"), "/keys/me.key", { command: join(folder, "a/bin/login") }],
    );
    assert.deepEqual(config.getUser("b")?.exec as unknown, { command: "aws" });
  });

  it("may have a token in a file", async () => {
    write("c/token", "seen");
    const config = await load({}, write("c/config", single("c", { user: { tokenFile: "token", token: "older" } })));
    const options: { headers: Record<string, unknown> } = { headers: {} };
    await config.applyToHTTPSOptions(options);
    assert.equal(options.headers["Authorization"], "Bearer seen");
  });

  it("may be named by its path or given as content", async () => {
    const file = write("named", single("named"));
    const elsewhere = write("elsewhere", single("elsewhere"));
    assert.equal((await load({ kubeconfig: file }, elsewhere)).getCurrentContext(), "named");
    for (const content of [stringify(single("given")), JSON.stringify(single("given"))]) {
      assert.ok(isContent(content));
      assert.equal((await load({ kubeconfig: content }, elsewhere)).getCurrentContext(), "given");
    }
    assert.ok(!isContent(file) && !isContent("~/.kube/config"));
  });

  it("may have another cluster than the context's, and an empty one is none", async () => {
    const clusters = [...single("one").clusters, ...single("two").clusters];
    const file = write("cluster", { ...single("one"), clusters });
    const config = readKubeconfig(new KubeConfig(), { kubeconfig: "", cluster: "two" }, { KUBECONFIG: file }, parse);
    assert.deepEqual(
      [config.getCurrentContext(), config.getCurrentCluster()?.server, config.getCurrentUser()?.name],
      ["one", "https://two", "one"],
    );
    await assert.rejects(load({ kubeconfig: "" }, join(folder, "none")), /There is no kubeconfig at/);
  });

  it("is the service account's in a pod, and nothing without one", async () => {
    await assert.rejects(
      load({}, join(folder, "none")),
      /^Error: There is no kubeconfig at .*none; KUBECONFIG names nothing else/,
    );
  });

  const refused: [what: string, access: () => ClusterAccess, files: () => string[], error: RegExp][] = [
    [
      "a path of nothing",
      () => ({ kubeconfig: "/no/where" }),
      () => [],
      /^Error: There is no kubeconfig at \/no\/where\.$/,
    ],
    [
      "several paths where one belongs",
      () => ({ kubeconfig: "/no/where:/no/other" }),
      () => [],
      /cluster\.kubeconfig names one file: leave it out and set KUBECONFIG to merge several/,
    ],
    [
      "a context that is unknown",
      () => ({ context: "x" }),
      () => [write("x", single("y"))],
      /no context x; .*x has y\.$/,
    ],
    [
      "no context at all",
      () => ({}),
      () => [write("without", single("z", { current: false }))],
      /without has no current context: set cluster\.context; contexts are z\./,
    ],
    [
      "a context whose cluster is missing",
      () => ({}),
      () => [write("lost", { ...single("l"), clusters: [] })],
      /The context l names the cluster l, which .*lost does not have\./,
    ],
    [
      "a context whose user is missing",
      () => ({}),
      () => [write("nobody", { ...single("n"), users: [] })],
      /The context n names the user n, which/,
    ],
    [
      "a cluster without a server",
      () => ({}),
      () => [write("mute", { ...single("m"), clusters: [{ name: "m", cluster: {} }] })],
      /The cluster of the context m has no server/,
    ],
    ["a text that is no kubeconfig", () => ({}), () => [write("text", "only text")], /text is no kubeconfig/],
    ["a text that is no YAML", () => ({}), () => [write("broken", "a: [")], /The kubeconfig .*broken cannot be read: /],
    ["a folder", () => ({ kubeconfig: folder }), () => [], /The kubeconfig .* is a folder\./],
    [
      "a name twice",
      () => ({}),
      () => [write("twice", { ...single("t"), users: [...single("t").users, ...single("t").users] })],
      /has two users of the name t\./,
    ],
    [
      "relative paths in a file that Pulumi's provider reads as text",
      () => ({ kubeconfig: write("d/config", single("d", { cluster: { "certificate-authority": "ca.crt" } })) }),
      () => [],
      /names certificate-authority ca\.crt relative to itself, .* set KUBECONFIG=.*d\/config\./,
    ],
  ];
  for (const [what, access, files, error] of refused) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(load(access(), ...files()), error);
    });
  }

  it("is not refused for faults outside the chosen context", async () => {
    const { clusters, ...rest } = single("right");
    const file = write("beside", {
      ...rest,
      clusters: [{ name: "wrong" }, ...clusters],
      users: [...rest.users, { name: "x" }],
    });
    assert.equal((await load({}, file)).getCurrentCluster()?.server, "https://right");
    assert.equal((await load({}, write("empty", ""), file)).getCurrentContext(), "right");
  });
});

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { Operation } from "../provider";
import { fakeTool, temporaryFolder } from "../../test/support/temporary";
import { secret, UNKNOWN, type PropertyMap } from "../values";
import { hashContext } from "./context";
import { parseIgnore } from "./ignore";
import { DockerProvider } from "./provider";
import { isMissing } from "./registry";

const DIGEST = `sha256:${"ab".repeat(32)}`;

describe("engine: .dockerignore", () => {
  const cases: [rules: string, ignored: string[], kept: string[]][] = [
    ["node_modules", ["node_modules", "node_modules/a/b.js"], ["src/node_modules", "node_modules2"]],
    ["**/node_modules", ["node_modules/a", "src/x/node_modules/a"], ["src/x.ts"]],
    ["*.md\n!README.md", ["CHANGES.md"], ["README.md", "docs/a.md"]],
    ["/dist/\n# comment\n\n", ["dist/a.js"], ["src/dist/a.js", "# comment"]],
    ["src/**/*.test.ts", ["src/a.test.ts", "src/b/c.test.ts"], ["src/a.ts", "a.test.ts"]],
    ["*\n!src", ["package.json", "test/a"], ["src/a.ts", "src"]],
    ["a?.txt\nfile[0-9]", ["ab.txt", "file7"], ["abc.txt", "filex"]],
  ];
  for (const [rules, ignored, kept] of cases) {
    it(JSON.stringify(rules), () => {
      const ignore = parseIgnore(rules);
      assert.deepEqual(
        ignored.filter((file) => !ignore(file)),
        [],
      );
      assert.deepEqual(kept.filter(ignore), []);
    });
  }
});

describe("engine: the hash of a build context", () => {
  let folder = "";
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const hash = () => hashContext(folder, path.join(folder, "Dockerfile"));

  beforeEach(() => {
    folder = temporaryFolder();
    write("Dockerfile", "FROM scratch");
    write(".dockerignore", "ignored");
    write("src/a", "1");
  });

  it("changes with contents, names, modes, links and the Dockerfile", () => {
    const seen = new Set([hash()]);
    const changes = [
      () => {
        write("src/a", "2");
      },
      () => {
        fs.renameSync(path.join(folder, "src/a"), path.join(folder, "src/b"));
      },
      () => {
        fs.chmodSync(path.join(folder, "src/b"), 0o755);
      },
      () => {
        fs.symlinkSync("b", path.join(folder, "src/c"));
      },
      () => {
        write("Dockerfile", "FROM other");
      },
    ];
    for (const [index, change] of changes.entries()) {
      change();
      seen.add(hash());
      assert.equal(seen.size, index + 2, `change ${index} is not in the hash`);
    }
  });

  it("does not change with ignored files or times", () => {
    const before = hash();
    write("ignored/x", "1");
    fs.utimesSync(path.join(folder, "src/a"), 1, 1);
    assert.equal(hash(), before);
  });

  it("names what is missing", () => {
    assert.throws(() => hashContext("/nonexistent", "Dockerfile"), /build context \/nonexistent is not a folder/);
    assert.throws(() => hashContext(folder, "/nonexistent"), /no Dockerfile at \/nonexistent/);
  });
});

describe("engine: asking a registry for an image", () => {
  it("an image is missing only when the registry says so", async () => {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
      response.writeHead(request.url?.includes("/gone/") === true ? 404 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal(await isMissing(`${host}/kafka@${DIGEST}`, { username: "u", password: "p" }), false);
    assert.equal(await isMissing(`${host}/gone/kafka@${DIGEST}`, undefined), true);
    assert.equal(asked[0], `HEAD /v2/kafka/manifests/${DIGEST} Basic ${Buffer.from("u:p").toString("base64")}`);
    server.close();
    assert.equal(await isMissing(`127.0.0.1:1/kafka@${DIGEST}`, undefined), false);
    assert.equal(await isMissing(`library/kafka@${DIGEST}`, undefined), false);
  });
});

describe("engine: the docker provider", () => {
  const subject = {
    urn: "urn:pulumi:dev::test::docker:index/image:Image::i",
    type: "docker:index/image:Image",
    name: "i",
  };
  let root = "";
  let tools = "";

  beforeEach(() => {
    root = temporaryFolder();
    tools = temporaryFolder();
    fs.mkdirSync(path.join(root, "app"));
    fs.writeFileSync(path.join(root, "app", "Dockerfile"), "FROM scratch");
  });

  /** A provider whose docker writes its arguments and credentials into a file. */
  function provider(script = `echo "1: digest: ${DIGEST} size: 1"`): DockerProvider {
    const log = path.join(tools, "log");
    const note = `cat "$DOCKER_CONFIG/config.json" > ${tools}/config 2>/dev/null; echo "$DOCKER_CONFIG" > ${tools}/folder`;
    const env = fakeTool(tools, "docker", `echo "$@" >> ${log}\n${note}\n${script}`);
    return new DockerProvider(
      {},
      { env: { ...env, DOCKER_CONFIG: path.join(tools, "own") }, config: {}, root, preview: false },
    );
  }

  const log = () => fs.readFileSync(path.join(tools, "log"), "utf8").trim().split("\n");

  function inputs(more: PropertyMap = {}): PropertyMap {
    const build = { context: "app", dockerfile: "app/Dockerfile", args: { A: "1" } };
    return { imageName: "localhost:31500/kafka:tag", build, skipPush: false, ...more };
  }

  function operation(of: PropertyMap, preview = false): Operation {
    const nothing = () => undefined;
    return { ...subject, inputs: of, preview, adopt: false, ignoreChanges: [], begin: nothing, note: nothing };
  }

  it("builds, pushes, and names the image by digest", async () => {
    const { id, outputs } = await provider().create(operation(inputs()));
    assert.deepEqual(log(), [
      "build --tag localhost:31500/kafka:tag --file app/Dockerfile --build-arg A=1 app",
      "push localhost:31500/kafka:tag",
    ]);
    assert.equal(id, "localhost:31500/kafka:tag");
    assert.equal(outputs["repoDigest"], `localhost:31500/kafka@${DIGEST}`);
  });

  it("logs in with a temporary configuration", async () => {
    const registry = { server: "localhost:31500", username: "u", password: secret("p") };
    await provider().create(operation(inputs({ registry })));
    const config = JSON.parse(fs.readFileSync(path.join(tools, "config"), "utf8")) as object;
    assert.deepEqual(config, { auths: { "localhost:31500": { auth: Buffer.from("u:p").toString("base64") } } });
    assert.ok(!fs.existsSync(fs.readFileSync(path.join(tools, "folder"), "utf8").trim()));
  });

  it("an unchanged source is the same image, a changed one is not; credentials do not matter", async () => {
    const docker = provider();
    const checked = await docker.check(subject, inputs({ registry: { server: "s", password: secret("1") } }));
    const old = { urn: "", type: "", custom: true, inputs: checked, outputs: {}, dependencies: [] };
    const again = await docker.check(subject, inputs({ registry: { server: "s", password: secret("2") } }));
    assert.deepEqual((await docker.diff(subject, old, again)).changes, []);
    fs.writeFileSync(path.join(root, "app", "file"), "new");
    const changed = await docker.diff(subject, old, await docker.check(subject, inputs({ registry: { server: "s" } })));
    assert.deepEqual(
      changed.changes.map((change) => change.path),
      [["build", "contextDigest"]],
    );
  });

  it("shows the last output of a failing build", async () => {
    const failing = provider('echo "Step 1: RUN false"; echo "no such package" >&2; exit 3');
    await assert.rejects(
      failing.create(operation(inputs())),
      /`docker build [^`]*` failed with code 3: [^]*no such package/,
    );
  });

  it("says so when docker is not installed", async () => {
    const env = { PATH: tools };
    const docker = new DockerProvider({}, { env, config: {}, root, preview: false });
    await assert.rejects(docker.create(operation(inputs())), /docker is not installed/);
  });

  it("builds nothing in a preview, and knows no digest there", async () => {
    const { outputs } = await provider("exit 1").create(operation(inputs(), true));
    assert.equal(outputs["repoDigest"], UNKNOWN);
    assert.equal(outputs["imageName"], "localhost:31500/kafka:tag");
  });

  it("makes images only", () => {
    assert.throws(
      () => provider().check({ ...subject, type: "docker:index/network:Network" }, {}),
      /not docker:index\/network:Network/,
    );
  });
});

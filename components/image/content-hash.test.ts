import assert from "node:assert/strict";
import fc from "fast-check";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contentHash } from "./content-hash";

/** Content of files by path. */
type Files = Readonly<Record<string, string>>;

describe("contentHash", () => {
  let folder: string;
  const dockerfile = () => join(folder, "Dockerfile.outside");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "content-hash-"));
    writeFileSync(dockerfile(), "FROM scratch\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The hash of a context with these files, written in this order. */
  function hashOf(files: readonly (readonly [string, string])[], args: Files = {}): string {
    const context = mkdtempSync(join(folder, "context-"));
    for (const [path, content] of files) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      writeFileSync(join(context, path), content);
    }
    return contentHash({ context, dockerfile: dockerfile(), args });
  }

  const name = fc.stringMatching(/^[a-z]{1,4}$/).filter((text) => text !== "dist");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `${names.join("/")}.txt`);
  const sources = fc.dictionary(path, fc.string(), { minKeys: 1, maxKeys: 5, noNullPrototype: true });
  const check = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) => {
    fc.assert(property, { numRuns: 60 });
  };

  it("has the form of a tag", () => {
    assert.match(hashOf([["a", "b"]]), /^[0-9a-f]{16}$/);
  });

  it("is the same for any order of files and arguments", () => {
    check(
      fc.property(sources, sources, (files, args) => {
        const reversed = Object.fromEntries(Object.entries(args).reverse());
        assert.equal(hashOf(Object.entries(files), args), hashOf(Object.entries(files).reverse(), reversed));
      }),
    );
  });

  it("differs for other content, names or arguments", () => {
    check(
      fc.property(sources, sources, (files, others) => {
        fc.pre(JSON.stringify(Object.entries(files).sort()) !== JSON.stringify(Object.entries(others).sort()));
        assert.notEqual(hashOf(Object.entries(files)), hashOf(Object.entries(others)));
        assert.notEqual(hashOf([], files), hashOf([], others));
        assert.notEqual(hashOf(Object.entries(files)), hashOf([], files));
      }),
    );
  });

  it("differs when a file becomes executable, or the Dockerfile changes", () => {
    const context = mkdtempSync(join(folder, "context-"));
    writeFileSync(join(context, "run.sh"), "", { mode: 0o644 });
    const source = { context, dockerfile: dockerfile(), args: {} };
    const first = contentHash(source);
    chmodSync(join(context, "run.sh"), 0o755);
    const second = contentHash(source);
    writeFileSync(dockerfile(), "FROM other\n");
    const third = contentHash(source);
    assert.equal(new Set([first, second, third]).size, 3);
  });

  it("does not depend on where the context is", () => {
    const context = join(folder, "here");
    mkdirSync(context);
    writeFileSync(join(context, "file"), "content");
    const here = contentHash({ context, dockerfile: dockerfile(), args: {} });
    renameSync(context, join(folder, "there"));
    assert.equal(contentHash({ context: join(folder, "there"), dockerfile: dockerfile(), args: {} }), here);
  });

  it("ignores build results and installed packages", () => {
    const plain = hashOf([["src/a", "1"]]);
    assert.equal(
      hashOf([
        ["src/a", "1"],
        ["node_modules/b", "2"],
        ["dist/c", "3"],
        ["src/dist/d", "4"],
      ]),
      plain,
    );
  });

  it("covers only what a .dockerignore leaves in", () => {
    const ignore = ["# comment", "**", "!package.json", "!src/**", ""].join("\n");
    const kept: [string, string][] = [
      [".dockerignore", ignore],
      ["package.json", "{}"],
      ["src/a/b", "1"],
    ];
    const hash = hashOf(kept);
    assert.equal(hashOf([...kept, ["README.md", "words"], ["test/a", "2"]]), hash);
    assert.notEqual(hashOf([...kept, ["src/a/c", ""]]), hash);
  });

  it("reads a .dockerignore like docker", () => {
    const hash = (ignore: string, files: readonly string[]) =>
      hashOf([[".dockerignore", ignore], ...files.map((name): [string, string] => [name, name])]);
    const rules = "*.md\r\nsrc/*.test.ts\n**/tmp\n!README.md\n";
    const kept = ["README.md", "docs/a.md", "src/a.ts"];
    assert.equal(hash(rules, [...kept, "a.md", "src/a.test.ts", "src/tmp/b"]), hash(rules, kept));
    assert.notEqual(hash(rules, [...kept, "src/deep/a.test.ts"]), hash(rules, kept));
  });
});

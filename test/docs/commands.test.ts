import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandsOfDocument, commandsOfWorkflow, documentedCommands, ROOT } from "./commands";
import { COVERAGE } from "./coverage";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };

/** Documented commands with their place. */
const commands = documentedCommands();

/** Matches in the commands, with the file of each. */
const matching = (pattern: RegExp) =>
  commands.flatMap(({ file, command }) => {
    const found = pattern.exec(command);
    return found === null ? [] : [{ file, command, found: found[1] ?? "" }];
  });

describe("documented commands", () => {
  it("are found in code blocks, in the text, and in workflows", () => {
    const text =
      "Run `npm run stop`, not `kafka`.\n\n```console\n$ npm run up -- \\\n    --stack dev  # the stack\nsays\n```\n\n```yaml\nnpm: no\n```\n";
    assert.deepEqual(commandsOfDocument(text), ["npm run up -- --stack dev", "npm run stop"]);
    assert.deepEqual(commandsOfDocument("```sh\nnpm ci && npm start\n```\n"), ["npm ci", "npm start"]);
    const workflow = "jobs:\n  one:\n    steps:\n      - uses: a\n      - run: |\n          npm ci\n          exit 1\n";
    assert.deepEqual(commandsOfWorkflow(workflow), ["npm ci", "exit 1"]);
    assert.ok(commands.length > 100, `${commands.length} are found`);
  });

  it("are each run by a test, or excused with a reason", () => {
    const unknown = commands.filter(
      ({ command }) => COVERAGE[command] === undefined && !command.startsWith("pulumi config set "),
    );
    assert.deepEqual(
      unknown.map(({ file, command }) => `${file}: ${command}`),
      [],
      "a command without a test: say in test/docs/coverage.ts which test runs it, or why none does",
    );
  });

  it("are in the tests that are named for them", () => {
    const wrong = [...new Set(commands.map(({ command }) => command))].flatMap((command) => {
      const coverage = COVERAGE[command];
      if (coverage === undefined || "excused" in coverage) return [];
      if (!existsSync(join(ROOT, coverage.test))) return [`${command}: there is no ${coverage.test}`];
      return read(coverage.test).includes(coverage.says)
        ? []
        : [`${command}: ${coverage.test} has no ${coverage.says}`];
    });
    assert.deepEqual(wrong, []);
  });

  it("name existing scripts of package.json, and existing files", () => {
    const missing = matching(/npm run (?:--silent )?([\w:-]+)(?![\w|:-])/).filter(
      ({ found, command }) => scripts[found] === undefined && !command.includes("up|preview|down"),
    );
    assert.deepEqual(missing, []);
    const files = matching(/^npx mocha --require tsx ([\w./-]+)$/).filter(
      ({ found }) => !existsSync(join(ROOT, found)),
    );
    assert.deepEqual(files, []);
  });

  it("copies an existing stack file", () => {
    const sources = matching(/^cp (Pulumi\.[\w-]+\.yaml) /);
    assert.ok(sources.length > 0);
    assert.deepEqual(
      sources.filter(({ found }) => !existsSync(join(ROOT, found))),
      [],
    );
  });

  it("set existing keys of the config", () => {
    const reference = read("docs/configuration.md");
    const programOf = (file: string) => {
      const folder = join(ROOT, dirname(file));
      const name = ["index.ts", "__main__.py"].find((program) => existsSync(join(folder, program))) ?? "index.ts";
      return readFileSync(join(folder, name), "utf8");
    };
    const unknown = matching(/pulumi config set (?:--secret |--path )*(\S+)/).filter(({ file, found }) => {
      // After a map of Kafka's settings comes a setting, not a key.
      const key = found.replaceAll("'", "").replace(/(kafka\.config).*/, "$1");
      return file.startsWith("examples/") ? !programOf(file).includes(`"${key}"`) : !reference.includes(`\`${key}`);
    });
    assert.deepEqual(unknown, []);
  });
});

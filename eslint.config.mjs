import eslint from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/**
 * The rooms, and which others each may use. The program's own flow is config → components → resources: components know no config, and neither knows the tools, the sandbox or tests.
 */
const ROOMS = {
  components: ["waiting"],
  config: ["components"],
  program: ["components", "config"],
  policy: [],
  services: [],
  waiting: [],
  processes: ["waiting"],
  engine: ["processes", "waiting"],
  preflight: ["config", "engine", "waiting"],
  "preview-pr": ["engine", "processes"],
  sandbox: ["config", "engine", "processes", "waiting"],
  cli: ["config", "engine", "preflight", "preview-pr", "processes", "sandbox", "waiting"],
  scripts: ["config", "processes", "sandbox"],
  bench: ["components", "config", "engine", "processes", "sandbox", "services", "test", "waiting"],
};

/** The rooms of the components, each of which may use those before it: so there is no circle among them. */
const FLOW = [
  "kubernetes",
  "image",
  "pods",
  "registry",
  "jobs",
  "users",
  "certificates",
  "storage",
  "stack",
  "servers",
  "zookeeper",
  "kafka",
  "operations",
  "kchat",
  "monitoring",
  "cluster",
  "provider",
];

/** The program by name, likewise. */
const ENTRIES = { "index.ts": ["components", "config", "program"] };

/**
 * What rooms that may use another import of it: its index, and modules that need much less than that loads. The config shares the vocabulary of the components, and so does not come in by their
 * door.
 */
const ROOM_DOORS = [
  { room: "components", users: ["program", "index.ts", "bench"], doors: ["./index.ts"] },
  // Every command of the command line reads values from text, which needs no schema.
  { room: "config", doors: ["./index.ts", "./numbers.ts"] },
  // Stack files are merged for any cluster; the version of Node.js is checked before packages are loaded.
  { room: "sandbox", doors: ["./index.ts", "./stack/stack-file.ts", "./host/check-node.ts"] },
];

/** Tests may look into every room, but for those that are packages. */
const TESTS = ["**/*.test.ts", "**/*.e2e.ts", "**/*.cases.ts", "**/test/**", "**/test-*/**", "test/**"];

const OTHERS = ["examples", "templates", "test"];
const ALL = [...Object.keys(ROOMS), ...OTHERS];

/** What may be imported of the packages of the workspace, from wherever: their doors. */
const DOORS = ["engine", "processes", "waiting"].map((name) => ({
  target: ALL.filter((room) => room !== name).map((room) => `./${room}`),
  from: `./${name}`,
  except: ["./index.ts"],
  message: `Import it from kafka-stack-${name}: the package has one door.`,
}));

/** The same for the facts, whose package lies in the policy pack's folder: the pack is used by copying that. */
DOORS.push({
  target: [...ALL.filter((room) => room !== "policy"), "policy/model", "policy/rules", "policy/test"].map(
    (room) => `./${room}`,
  ),
  from: "./policy/kubernetes-facts",
  except: ["./index.ts"],
  message: "Import it from kubernetes-facts: the package has one door.",
});

/**
 * The doors of rooms that are closed but for these files. Kubernetes' facts are the same for all. The stand-in finds clusters, and knows whose objects are, by the very rules of the
 * components. The report of a pull request gives the reasons of a restart in their words, and reads resources as the policies do. The command line starts programs of the services.
 */
const EXCEPTIONS = {
  components: { policy: ["./kubernetes-facts"] },
  engine: {
    components: ["./kubernetes/kubeconfig.ts", "./kubernetes/cluster-access.ts", "./kubernetes/part-of.ts"],
    policy: ["./kubernetes-facts"],
  },
  preflight: { components: ["./kubernetes"] },
  "preview-pr": {
    components: ["./servers/restart-reasons.ts", "./servers/written-settings.ts"],
    policy: ["./evaluate.ts", "./kubernetes-facts", "./model/index.ts", "./policies.ts"],
    services: ["./src/ops/desired-state.ts"],
  },
  cli: {
    components: [
      "./certificates/tls-files.ts",
      "./jobs/exit-codes.ts",
      "./kafka/node-ids.ts",
      "./kubernetes",
      "./servers/restart-reasons.ts",
      "./servers/written-settings.ts",
    ],
    services: ["./src/chat/cli.ts", "./src/cluster/top.ts", "./src/ops/program.ts"],
  },
  scripts: { components: ["./kafka/kafka-settings.ts", "./monitoring/alerts", "./monitoring/dashboards"] },
};

/** Commands are run in one way. Nothing that is shipped runs any, and services/lock.mjs is JavaScript that Node.js runs before anything is installed. */
const PROCESSES = ["node:child_process", "child_process"].map((name) => ({
  name,
  message: "Run commands with kafka-stack-processes: it says why one failed, and ends its children.",
}));

const zones = [
  ...DOORS,
  ...ROOM_DOORS.map(({ room, users, doors }) => ({
    target: (users ?? [...Object.keys(ROOMS), "index.ts"]).filter((user) => user !== room).map((user) => `./${user}`),
    from: `./${room}`,
    except: doors,
    message: `Import it from ${room}/index.ts, and add it there if it is missing: the doors of ${room} are ${doors.join(", ")} (ROOM_DOORS in eslint.config.mjs).`,
  })),
  ...FLOW.map((room, index) => ({
    target: FLOW.slice(0, index).map((earlier) => `./components/${earlier}`),
    from: `./components/${room}`,
    message: `In components/, a room may use those before it: ${FLOW.join(", ")} (eslint.config.mjs).`,
  })).slice(1),
  ...Object.entries({ ...ROOMS, ...ENTRIES }).flatMap(([room, used]) =>
    ALL.filter((other) => other !== room && !used.includes(other)).map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      except: EXCEPTIONS[room]?.[other] ?? [],
      message: `${room} may use ${["itself", ...used].join(", ")} and of other rooms only the doors that EXCEPTIONS names (eslint.config.mjs).`,
    })),
  ),
];

export default tseslint.config(
  { ignores: ["node_modules/", "**/dist/", "docs/api/", ".sandbox/", "**/*.mjs"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { "import-x": importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: "tsconfig.json" })],
    },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-imports": ["error", { paths: PROCESSES }],
    },
  },
  {
    // The one runner, and what tests it.
    files: ["processes/**"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: TESTS,
    rules: { "import-x/no-restricted-paths": ["error", { zones: DOORS }] },
  },
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Numbers and booleans in messages are what we mean.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Pulumi resources are created for their effect.
      "no-new": "off",
      // The Kubernetes client takes plain objects for its model classes.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-misused-spread": "off",
      // mocha's it() takes promises; fastify handlers too.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
);

import { z } from "zod";
import { bare, formatPath, metaOf, type Path, shapeOf, stackSchema, variantName, variants } from "../../config";

type Schema = z.core.$ZodType;

/** What a key allows, in the words of its error: the schema is given a value that no key allows. */
function allowed(schema: Schema): string {
  const told = metaOf(schema).allowed;
  if (told !== undefined) return told;
  const { error } = z.safeParse(schema, Symbol("nothing allows this"));
  return error?.issues[0]?.message ?? "";
}

/** A key's description, and its default, taken from the description's last sentence where the schema has none. */
function describe(schema: Schema): { description: string; fallback: string } {
  const { description = "", default: value, secret } = metaOf(schema);
  const [text = "", told] = description.split(/ Default: /);
  const note = secret ? " A secret." : "";
  if (value !== undefined)
    return { description: text + note, fallback: `\`${JSON.stringify(value).replaceAll('"', "")}\`` };
  const optional = schema instanceof z.ZodExactOptional;
  return { description: text + note, fallback: told?.replace(/\.$/, "") ?? (optional ? "not set" : "**required**") };
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const row = (...cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;

/**
 * A row for each key that takes a plain value, at any depth; for lists of objects, rows for their entries' keys. What several keys have in common is described once.
 *
 * @param told - objects described already, by their path
 */
function rows(path: Path, schema: Schema, told = new Map<Schema, Path>()): string[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodDiscriminatedUnion) return [];
  if (inner instanceof z.ZodObject) {
    const before = told.get(inner);
    if (before) {
      const { description, fallback } = describe(schema);
      return [row(`\`${formatPath(path)}\``, `the keys of \`${formatPath(before)}\``, fallback, description)];
    }
    told.set(inner, path);
    return Object.entries(shapeOf(inner)).flatMap(([key, value]) => rows([...path, key], value, told));
  }
  const { description, fallback } = describe(schema);
  const own = row(`\`${formatPath(path)}\``, allowed(schema), fallback, description);
  return inner instanceof z.ZodArray
    ? [own, ...rows([...path, 0], inner.element).filter(() => isObject(inner))]
    : [own];
}

const isObject = (list: z.ZodArray): boolean => bare(list.element) instanceof z.ZodObject;

const table = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", "| key | allowed | default | |", "|---|---|---|---|", ...lines];

/** Keys with several variants get one table for each. */
function unions(path: Path, schema: Schema): string[] {
  const inner = bare(schema);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) {
    return Object.entries(shapeOf(inner)).flatMap(([key, value]) => unions([...path, key], value));
  }
  return variants(inner).flatMap((variant) => {
    const { type, ...others } = shapeOf(variant);
    const about = type ? metaOf(type).description : "";
    const lines = Object.entries(others).flatMap(([key, value]) => rows([...path, key], value));
    return [
      "",
      `**\`${formatPath([...path, "type"])}: ${variantName(variant) ?? ""}\`** ${about ?? ""}`,
      ...table(lines),
    ];
  });
}

const INTRODUCTION = `<!-- Written by npm run docs:config out of config/; do not edit. -->

# Configuration

Every key below belongs to the project's namespace: in a stack file it is \`kafka-stack:<key>\`. A stack file that says \`config: {}\` is a valid stack: three brokers in
KRaft mode on hostPath volumes, with a registry and the chat application. A file that says nothing, or has other keys beside \`config\`, is refused by the commands of
this repository; \`pulumi up\` alone would take it for such a stack, and remove brokers of a larger one.

\`\`\`console
$ pulumi config set replicas 4
$ pulumi config set --path storage.type nfs
$ pulumi config set --path 'kafka.config["log.retention.hours"]' 72
$ pulumi config set --secret --path registry.password
\`\`\`

Secrets are kept encrypted in the stack file and stay secrets in the stack's state; \`--secret\` sees to the first.

Before the first resource is made, the whole config is checked, and everything wrong with it is said at once:

\`\`\`
The stack's config has 3 problems:
  kafka-stack:replcas: is unknown; did you mean replicas?
  kafka-stack:storage.size: 3GB is refused; allowed is a size such as 512Mi or 3Gi
  kafka-stack:topics[0].replicationFactor: 5 is refused; allowed is at most 3, the number of brokers (replicas)
\`\`\`

Editors check and complete stack files by \`schema/kafka-stack.schema.json\`: the first line of a stack file names it.

Sizes are written as Kubernetes writes them (\`512Mi\`, \`3Gi\`; \`Mi\` is 2^20 bytes, \`M\` 10^6), CPU in cores or thousandths (\`250m\`), heaps as the JVM takes them (\`512m\`, \`2g\`).

## Between the keys

- A topic's replication factor, like those of Kafka's internal topics, is at most the number of brokers; \`min.insync.replicas\` is less than it, unless it is 1.
- The number of controllers and of ZooKeeper servers is odd; brokers can be only as many controllers as there are brokers.
- A JVM's heap takes at most 75 % of its container's memory limit, and is at least what its server needs to start: 40m and the log cleaner's buffer for a broker, so 168m with Kafka's own; 28m for a controller, 12m for a ZooKeeper server. A request is at most its limit.
- No NodePort is used twice. Outside access to brokers takes \`nodePortBase - 1\` to \`nodePortBase + replicas - 1\`.
- No two volumes share a directory or lie in one another; on NFS there is an export for every server.
- A Kafka setting that the stack makes itself cannot be set; its error says which key to use. Names and values of settings are checked against the Kafka version.
- \`kchat.rooms\` are declared topics.
- What says where the data of a stack is cannot change while there is data: [moving data](moving-data.md).
- Keys that do not belong there, such as those of another storage type, are refused. Keys that are right and that nothing reads because of another, such as \`zookeeper\` in mode kraft or \`kchat.rooms\` where \`kchat.enabled\` is false, are warned of by every preview, by \`up\` and by \`npm run preflight\`.
`;

/** docs/configuration.md: every key with its allowed values, default and purpose. */
export function reference(): string {
  const sections = Object.entries(stackSchema.shape).map(([key, schema]: [string, Schema]) => {
    const { description } = describe(schema);
    const told = bare(schema) instanceof z.ZodObject || bare(schema) instanceof z.ZodDiscriminatedUnion;
    const head = ["", `## ${key}`, ...(told ? ["", description] : [])];
    return [...head, ...table(rows([key], schema)), ...unions([key], schema)].join("\n");
  });
  return `${INTRODUCTION}${sections.join("\n")}\n`;
}

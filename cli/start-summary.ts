/** The stack's outputs, as `index.ts` exports them. */
export interface StackOutputs {
  readonly bootstrapAddress?: string;
  readonly externalBootstrapAddress?: string;
  readonly registryAddress?: string;
  /** The command that opens the page of the cluster. */
  readonly clusterPage?: string;
  readonly imageReferences?: Readonly<Record<string, string>>;
  readonly chat?: Readonly<Record<"page" | "publish" | "subscribe" | "client", string>>;
}

/** Which stack, and where it runs. */
export interface Where {
  readonly stack: string;
  /** @default the sandbox */
  readonly context?: string;
}

/** The summary after a start: all addresses, ready to copy, and what to try next. */
export function describe(outputs: StackOutputs, { stack, context }: Where): string {
  const flags = context === undefined ? "" : ` --context ${context}`;
  const kubectl =
    context === undefined ? ".sandbox/bin/kubectl --kubeconfig .sandbox/kubeconfig" : `kubectl --context ${context}`;
  const facts: [string, string | undefined][] = [
    ["Chat page", outputs.chat?.page],
    ["Cluster page", outputs.clusterPage === undefined ? undefined : `${outputs.clusterPage}${flags}`],
    ["Publish", outputs.chat?.publish],
    ["Subscribe", outputs.chat?.subscribe],
    ["Brokers, from here", outputs.externalBootstrapAddress],
    ["Brokers, in the cluster", outputs.bootstrapAddress],
    ["Registry", outputs.registryAddress],
    ...Object.entries(outputs.imageReferences ?? {}).map(([name, image]): [string, string] => [`Image ${name}`, image]),
  ];
  const next: [string, string][] = [
    ...(outputs.chat ? ([["Chat in a terminal", outputs.chat.client]] as [string, string][]) : []),
    ["See the brokers", `npm run ops -- status${flags}`],
    ["Look around", `${kubectl} get pods -A`],
    ["Add a broker", `npm run up -- --stack ${stack}${flags} -c replicas=4`],
    ["Stop, keep the data", "npm run stop"],
  ];
  return [`\nStack ${stack} runs.\n`, table(facts), "\nTry next:\n", table(next), ""].join("\n");
}

function table(rows: readonly [string, string | undefined][]): string {
  const given = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...given.map(([title]) => title.length));
  return given.map(([title, value]) => `  ${title.padEnd(width)}  ${value}`).join("\n");
}

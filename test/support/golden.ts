import { join } from "node:path";
import { reach } from "./reach";
import type { Recording } from "./recording";
import { recordStack, ROOT, type StackOptions, STACKS } from "./stacks";

/** Folder of the lists of resources. */
export const GOLDEN = join(ROOT, "test", "golden");

/** What a list is of: a stack file, and what is set beside it. */
interface Listed {
  readonly stack: string;
  readonly set?: StackOptions["set"];
}

/** A stack that is closed by certificates, with users of both kinds and clients of other namespaces. */
const CLOSED: Listed = {
  stack: "storageclass",
  set: {
    listeners: { internal: { authentication: "tls", clients: [{ namespace: "elsewhere" }] } },
    users: [
      { name: "orders", rights: [{ topic: "chatroom", groupPrefix: "orders", allow: ["consume"] }] },
      {
        name: "billing",
        authentication: "scram-sha-512",
        rights: [{ topic: "chatroom", allow: ["produce"] }],
        secret: { namespace: "billing", name: "kafka" },
      },
    ],
  },
};

/** The lists: one of each stack file, and one of a stack that is closed. */
export const LISTS: Readonly<Record<string, Listed>> = {
  ...Object.fromEntries(STACKS.map((stack) => [stack, { stack }])),
  closed: CLOSED,
};

/** What a list is made of. */
export function recordListed(list: string, options: Pick<StackOptions, "preview"> = {}): Promise<Recording> {
  const listed = LISTS[list];
  if (listed === undefined) throw new Error(`there is no list ${list}`);
  return recordStack(listed.stack, { ...(listed.set && { set: listed.set }), ...options });
}

/** A list of resources. */
export const goldenFile = (list: string): string => join(GOLDEN, `${list}.txt`);

/** File that says who may connect to what in each of them. */
export const REACH = join(ROOT, "test", "reach.txt");

/** Who may connect to what in these. */
export async function reachOf(lists: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const list of lists) parts.push(`# ${list}\n${reach(await recordListed(list))}`);
  return parts.join("\n");
}

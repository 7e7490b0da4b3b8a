/** Encrypts secrets in the state file. */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { SECRET_SIGNATURE, SIGNATURE_KEY } from "./values";

/** Encrypts and decrypts the secrets in a JSON document, with a key file that only its owner can read. */
export class Cipher {
  private key: Buffer | undefined;
  // One secret gives the same ciphertext while this process runs, so that rewriting the file is cheap.
  private readonly sealed = new Map<string, string>();

  /** @param keyFile the key; created with mode 0600 when a secret is first encrypted */
  constructor(private readonly keyFile: string) {}

  /** A copy of the document with every secret encrypted. */
  seal<T>(document: T): T {
    return walk(document, (node) =>
      "value" in node
        ? { [SIGNATURE_KEY]: SECRET_SIGNATURE, ciphertext: this.encrypt(JSON.stringify(node["value"])) }
        : node,
    );
  }

  /** A copy of the document with every secret decrypted. */
  open<T>(document: T): T {
    return walk(document, (node) =>
      typeof node["ciphertext"] === "string"
        ? { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: JSON.parse(this.decrypt(node["ciphertext"])) as unknown }
        : node,
    );
  }

  private encrypt(text: string): string {
    let ciphertext = this.sealed.get(text);
    if (ciphertext === undefined) {
      const iv = crypto.randomBytes(12);
      const cipher = crypto.createCipheriv("aes-256-gcm", this.loadKey(true), iv);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      ciphertext = Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
      this.sealed.set(text, ciphertext);
    }
    return ciphertext;
  }

  private decrypt(ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, "base64");
    try {
      const decipher = crypto.createDecipheriv("aes-256-gcm", this.loadKey(false), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
      this.sealed.set(text, ciphertext);
      return text;
    } catch (error) {
      throw new Error(
        `A secret in the state cannot be decrypted with the key in ${this.keyFile}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  private loadKey(create: boolean): Buffer {
    if (this.key === undefined) {
      if (create && !fs.existsSync(this.keyFile)) {
        fs.mkdirSync(path.dirname(this.keyFile), { recursive: true });
        fs.writeFileSync(this.keyFile, crypto.randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
      }
      this.key = Buffer.from(fs.readFileSync(this.keyFile, "utf8").trim(), "hex");
    }
    return this.key;
  }
}

function walk<T>(node: T, visit: (node: Record<string, unknown>) => Record<string, unknown>): T {
  if (Array.isArray(node)) {
    return node.map((item: unknown) => walk(item, visit)) as T;
  }
  if (typeof node === "object" && node !== null) {
    const object = node as Record<string, unknown>;
    if (object[SIGNATURE_KEY] === SECRET_SIGNATURE) {
      return visit(object) as T;
    }
    return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item, visit)])) as T;
  }
  return node;
}

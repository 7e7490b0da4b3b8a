import { X509Certificate } from "node:crypto";
import assert from "node:assert/strict";
import type { Secret, Secrets } from "../../src/certificates/secrets.js";

/** In-memory Secrets that behave like an API server's. */
export class FakeSecrets implements Secrets {
  /** By name. */
  readonly held = new Map<string, Secret>();
  /** Reads that fail before one succeeds. */
  failing = 0;
  #version = 0;

  read(name: string): Promise<Secret | undefined> {
    if (this.failing-- > 0) return Promise.reject(new Error("no answer"));
    return Promise.resolve(this.held.get(name));
  }

  write(secret: Secret): Promise<void> {
    const before = this.held.get(secret.name);
    if (before?.resourceVersion !== secret.resourceVersion) return Promise.reject(new Error("it has changed"));
    this.held.set(secret.name, { ...secret, resourceVersion: String(++this.#version) });
    return Promise.resolve();
  }

  certificate(name: string): X509Certificate {
    return new X509Certificate(this.held.get(name)?.data["tls.crt"] ?? assert.fail(`there is no ${name}`));
  }
}

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, issue } from "../../src/certificates/authority.js";
import { type Expiration, readExpirations, showExpirations } from "../../src/ops/expirations.js";

const NOW = new Date("2026-01-01T00:00:00Z");

describe("The expirations that the operations show", () => {
  const folder = mkdtempSync(join(tmpdir(), "expirations-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const read = async (...names: string[]): Promise<Expiration[]> => {
    const authorities = await Promise.all(names.map((name) => createAuthority(name, NOW)));
    const [signing = assert.fail()] = authorities;
    const { certificate, key } = await issue(signing, { name: "kafka-ops", hosts: [] }, NOW);
    const trusted = authorities.map((one) => one.certificate).join("\n");
    for (const [name, text] of Object.entries({ "tls.crt": certificate, "tls.key": key, "ca.crt": trusted })) {
      writeFileSync(join(folder, name), text);
    }
    return readExpirations([], folder);
  };

  it("are those of all certificates, and nothing more while there is one authority", async () => {
    const [, table = "", ...rows] = showExpirations(await read("kafka-ca"), NOW);
    assert.match(table, /^CERTIFICATE/);
    assert.deepEqual(
      rows.map((row) => row.replace(/ {2,}.*/, "")),
      ["operations", "the authority"],
    );
  });

  it("say of an exchange of the authority whose certificates are of which", async () => {
    const brokers = ["kafka-ca", "kafka-ca-2", undefined].map((issuer, id) => ({
      of: `broker ${id}`,
      at: NOW,
      issuer,
    }));
    const lines = showExpirations([...brokers, ...(await read("kafka-ca-2", "kafka-ca"))], NOW);
    assert.ok(lines.some((line) => line.startsWith("authority kafka-ca-2 ")));
    assert.ok(lines.some((line) => line.startsWith("authority kafka-ca ")));
    assert.match(
      lines.at(-1) ?? "",
      /^The authority is being replaced: kafka-ca-2 and kafka-ca are trusted; kafka-ca-2 has signed those of broker 1, operations; kafka-ca has signed those of broker 0\. The CronJob kafka-certificates goes on/,
    );
  });
});

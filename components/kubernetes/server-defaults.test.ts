import assert from "node:assert/strict";
import { defaultResources, SERVER_DEFAULTS, type ServerKind } from "./server-defaults";

const KINDS = Object.keys(SERVER_DEFAULTS) as ServerKind[];

describe("default resources", () => {
  it("are those of the table for a kind of server's default heap", () => {
    for (const kind of KINDS) {
      const { heap, resources } = SERVER_DEFAULTS[kind];
      const { cpu, memory, memoryLimit, ephemeralStorage } = resources;
      assert.deepEqual(defaultResources(kind, heap), {
        requests: { cpu, memory, "ephemeral-storage": ephemeralStorage },
        limits: { memory: memoryLimit, "ephemeral-storage": ephemeralStorage },
      });
    }
  });

  it("grow with the heap: a smaller limit would kill the server", () => {
    const memory = (heap: string) => {
      const { requests, limits } = defaultResources("broker", heap) as {
        requests: { memory: string };
        limits: { memory: string };
      };
      return [requests.memory, limits.memory];
    };
    assert.deepEqual(memory("4g"), ["6144Mi", "8192Mi"]);
    assert.deepEqual(memory("1G"), ["1536Mi", "2048Mi"]);
    assert.deepEqual(memory("262144k"), ["384Mi", "512Mi"]);
  });

  it("are refused for a malformed heap size", () => {
    for (const heap of ["4Gi", "512", "", "0m", "-1g"]) {
      assert.throws(() => defaultResources("broker", heap), /is not a JVM heap size such as 512m or 4g/, heap);
    }
  });
});

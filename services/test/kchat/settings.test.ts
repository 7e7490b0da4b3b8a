import assert from "node:assert/strict";
import { z } from "zod";
import { commonSettings, httpAddress, integer, readSettings, SettingsError } from "../../src/kchat/settings.js";

const schema = z.object({ ...commonSettings, KCHAT_PORT: integer(0, 65_535, 19_092), KCHAT_PRODUCER_URL: httpAddress });

describe("readSettings", () => {
  it("have a default for everything but the brokers", () => {
    const settings = readSettings(schema, { KCHAT_BOOTSTRAP_ADDRESS: "kafka-bootstrap:9092" });
    assert.deepEqual(settings.KCHAT_BOOTSTRAP_ADDRESS, [{ host: "kafka-bootstrap", port: 9092 }]);
    assert.deepEqual(settings.KCHAT_ROOMS, ["chatroom"]);
    assert.equal(settings.KCHAT_PORT, 19_092);
    assert.equal(settings.KCHAT_TOKEN_FILE, undefined);
  });

  it("are read from the environment", () => {
    const settings = readSettings(schema, {
      KCHAT_BOOTSTRAP_ADDRESS: "a:1, [::1]:2",
      KCHAT_ROOMS: "one, two,one",
      KCHAT_PORT: "8080",
      KCHAT_TRUST_PROXY: "10.0.0.0/8,192.168.0.1,kconsumer-pods",
      KCHAT_PRODUCER_URL: "http://kproducer:19092/",
    });
    assert.deepEqual(settings.KCHAT_BOOTSTRAP_ADDRESS, [
      { host: "a", port: 1 },
      { host: "::1", port: 2 },
    ]);
    assert.deepEqual(settings.KCHAT_ROOMS, ["one", "two"]);
    assert.equal(settings.KCHAT_PORT, 8080);
    assert.deepEqual(settings.KCHAT_TRUST_PROXY, [
      { network: "10.0.0.0", prefix: 8 },
      { address: "192.168.0.1" },
      { name: "kconsumer-pods" },
    ]);
    assert.equal(settings.KCHAT_PRODUCER_URL, "http://kproducer:19092");
  });

  it("name every wrong variable, with its value and what is allowed", () => {
    const environment = {
      KCHAT_ROOMS: "chat room",
      KCHAT_PORT: "70000",
      KCHAT_LOG_LEVEL: "loud",
      KCHAT_PRODUCER_URL: "kproducer:19092",
      KCHAT_RATE_LIMIT: "0",
      KCHAT_TRUST_PROXY: "10.0.0.1,10.0.0.0/64",
    };
    assert.throws(
      () => readSettings(schema, environment),
      (error) => {
        assert.ok(error instanceof SettingsError);
        const lines = error.message.split("\n");
        assert.equal(lines.length, 7);
        assert.match(error.message, /^KCHAT_BOOTSTRAP_ADDRESS is not set: must be host:port/m);
        assert.match(error.message, /^KCHAT_ROOMS="chat room": must be topic names/m);
        assert.match(error.message, /^KCHAT_PORT="70000": must be a whole number from 0 to 65535/m);
        assert.match(error.message, /^KCHAT_LOG_LEVEL="loud": .*"debug"/m);
        assert.match(error.message, /^KCHAT_PRODUCER_URL="kproducer:19092": must be http:\/\/host:port/m);
        assert.match(error.message, /^KCHAT_TRUST_PROXY="10.0.0.1,10.0.0.0\/64": must be addresses, .*"10.0.0.0\/64"/m);
        assert.match(error.message, /^KCHAT_RATE_LIMIT="0": must be a whole number from 1 to/m);
        return true;
      },
    );
  });

  for (const text of ["kafka", "kafka:", "kafka:0", "kafka:65536", ":9092", ",", "a b:1:2", "http://kafka:9092"]) {
    it(`refuses "${text}" as bootstrap list`, () => {
      assert.throws(
        () => readSettings(schema, { KCHAT_BOOTSTRAP_ADDRESS: text }),
        /^SettingsError: KCHAT_BOOTSTRAP_ADDRESS/,
      );
    });
  }
});

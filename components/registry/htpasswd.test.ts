import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { htpasswd } from "./htpasswd";

describe("htpasswd", () => {
  it("is the user and a bcrypt hash that only the password fits", () => {
    const [user, hash = ""] = htpasswd("pusher", "hunter2", "stack").split(":");
    assert.equal(user, "pusher");
    assert.match(hash, /^\$2b\$10\$[./A-Za-z0-9]{53}$/);
    assert.ok(compareSync("hunter2", hash));
    assert.ok(!compareSync("hunter3", hash));
  });

  it("is the same at each update, and differs for another user, stack or password", () => {
    const lines = [
      htpasswd("pusher", "hunter2", "stack"),
      htpasswd("pusher", "hunter2", "other"),
      htpasswd("puller", "hunter2", "stack"),
      htpasswd("pusher", "hunter3", "stack"),
    ];
    assert.equal(htpasswd("pusher", "hunter2", "stack"), lines[0]);
    assert.equal(new Set(lines).size, lines.length);
  });

  it("has a salt that says nothing about the password", () => {
    const salt = (line: string) => line.slice(0, "pusher:$2b$10$".length + 22);
    assert.equal(salt(htpasswd("pusher", "hunter2", "stack")), salt(htpasswd("pusher", "hunter3", "stack")));
  });
});

import assert from "node:assert/strict";
import { mountsBelow } from "./mounts";

const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:5 / /x/.sandbox/a rw - tmpfs tmpfs rw
31 30 0:6 / /x/.sandbox/a/b\\040c rw shared:1 - tmpfs tmpfs rw
32 22 0:7 / /x/.sandbox-of-another/a rw - tmpfs tmpfs rw
33 22 0:8 / /x/.sandbox rw - tmpfs tmpfs rw
`;

describe("mounts below a directory", () => {
  it("are those inside it, the latest first, also with spaces in their names", () => {
    assert.deepEqual(mountsBelow(mountinfo, "/x/.sandbox"), ["/x/.sandbox/a/b c", "/x/.sandbox/a"]);
  });
});

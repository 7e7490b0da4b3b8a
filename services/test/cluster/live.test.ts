import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { LiveScreen, type Keys, type Output } from "../../src/cluster/live.js";

const ENTERED = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEFT = "\u001b[?7h\u001b[?25h\u001b[?1049l";

class FakeOutput extends EventEmitter implements Output {
  written = "";
  constructor(
    public columns: number,
    public rows: number,
  ) {
    super();
  }

  write(text: string): void {
    this.written += text;
  }

  /** Lines of the last frame, without the terminal's own signs. */
  get frame(): string[] {
    const last = this.written.split("\u001b[H").at(-1) ?? "";
    return last.replaceAll("\u001b[K", "").replaceAll("\u001b[J", "").split("\r\n");
  }
}

class FakeKeys extends EventEmitter implements Keys {
  raw = false;
  flows = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  resume(): void {
    this.flows = true;
  }

  pause(): void {
    this.flows = false;
  }

  press(text: string): void {
    this.emit("data", Buffer.from(text));
  }
}

describe("A live screen", () => {
  let output: FakeOutput;
  let keys: FakeKeys;
  let count: number;
  const render = (width: number) => [
    { text: `width ${width}`, style: "bad" as const },
    ...Array.from({ length: count - 1 }, (_, index) => ({ text: `line ${index + 2}` })),
  ];
  const open = (colour = false) => new LiveScreen(output, keys, { colour, render });
  beforeEach(() => {
    output = new FakeOutput(40, 6);
    keys = new FakeKeys();
    count = 3;
  });

  it("has a screen of its own, and leaves the terminal as it was", () => {
    const screen = open();
    assert.ok(output.written.startsWith(ENTERED));
    assert.deepEqual([keys.raw, keys.flows], [true, true]);
    assert.deepEqual(output.frame, ["width 40", "line 2", "line 3", "q ends"]);
    screen.close();
    screen.close();
    assert.equal(output.written.split(LEFT).length, 2);
    assert.ok(output.written.endsWith(LEFT));
    assert.deepEqual([keys.raw, keys.flows], [false, false]);
    assert.deepEqual([keys.listenerCount("data"), output.listenerCount("resize")], [0, 0]);
    screen.draw();
    assert.ok(output.written.endsWith(LEFT), "it writes nothing more");
  });

  for (const [name, key] of [
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
    ["q among others", "jjq"],
  ] as const) {
    it(`ends with ${name}`, async () => {
      const screen = open();
      keys.press("x");
      keys.press(key);
      await screen.ended;
      screen.close();
    });
  }

  it("shows with the arrows what does not fit, and no more than there is", () => {
    count = 12;
    const screen = open();
    assert.deepEqual(output.frame.at(-1), "q ends; ↑ ↓ scroll, lines 1 to 5 of 12");
    keys.press("\u001b[B\u001b[B");
    assert.deepEqual(output.frame[0], "line 3");
    keys.press("\u001b[6~");
    assert.deepEqual(output.frame.slice(0, 5), ["line 8", "line 9", "line 10", "line 11", "line 12"]);
    keys.press("\u001b[B");
    assert.deepEqual(output.frame[0], "line 8");
    keys.press("\u001b[H");
    assert.deepEqual(output.frame[0], "width 40");
    keys.press("\u001b[F");
    count = 3;
    screen.draw();
    assert.deepEqual(output.frame, ["width 40", "line 2", "line 3", "q ends"]);
    screen.close();
  });

  it("follows the terminal's size", () => {
    const screen = open();
    output.columns = 20;
    output.rows = 2;
    output.emit("resize");
    assert.deepEqual(output.frame, ["width 20", "q ends; ↑ ↓ scroll, "]);
    screen.close();
  });

  it("has colours only where they are wanted", () => {
    open().close();
    assert.ok(!output.written.includes("\u001b[31m"));
    open(true).close();
    assert.ok(output.written.includes("\u001b[31mwidth 40\u001b[0m"));
  });
});

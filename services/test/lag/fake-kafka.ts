import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Reader, Reader as KafkaReader, Writer } from "@platformatic/kafka";

/** A topic of the fake: the timestamps of each partition's records, by offset from 0 on. */
export interface FakeLog {
  readonly end: number;
  /** The offset and time of the first record that is not older than `time`; undefined without one. */
  readonly at: (time: number) => { readonly offset: number; readonly time: number } | undefined;
}

/** A log of records with these timestamps. */
export const log = (...times: readonly number[]): FakeLog => ({
  end: times.length,
  at: (time) => {
    const offset = times.findIndex((each) => each >= time);
    return offset < 0 ? undefined : { offset, time: times[offset] ?? 0 };
  },
});

/** The fake's answers. Errors are Kafka's codes. */
export interface FakeState {
  topics: Record<string, readonly FakeLog[]>;
  groups: Record<
    string,
    {
      readonly type?: string;
      readonly state?: string;
      readonly error?: number;
      /** By topic and partition; for a share group, its first unfinished record. */
      readonly offsets: Record<string, readonly number[]>;
      /** For a share group, the broker's own count. */
      readonly left?: Record<string, readonly number[]>;
    }
  >;
  /** Partitions such as `orders-1` that answer with an error. */
  errors: Record<string, number>;
  /** Kinds of requests without an answer: the connection is closed. */
  silent: Set<number>;
}

const LIST_OFFSETS = 2;
const METADATA = 3;
const OFFSET_FETCH = 9;
const LIST_GROUPS = 16;
const SHARE_OFFSETS = 90;

/** One broker that answers the lag exporter's requests over a socket, like Kafka. */
export class FakeKafka {
  readonly state: FakeState = { topics: {}, groups: {}, errors: {}, silent: new Set() };
  /** Number of requests by kind. */
  readonly asked = new Map<number, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
      let waiting = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        waiting = Buffer.concat([waiting, chunk]);
        while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
          const length = waiting.readInt32BE(0);
          const answer = this.#answer(waiting.subarray(4, 4 + length));
          waiting = waiting.subarray(4 + length);
          if (answer === undefined) socket.destroy();
          else socket.write(answer);
        }
      });
    });
  }

  static async start(): Promise<FakeKafka> {
    const fake = new FakeKafka();
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Special answers by kind of request. */
  readonly special = new Map<number, (request: Reader) => Buffer>();

  #answer(bytes: Buffer): Buffer | undefined {
    const request = KafkaReader.from(bytes);
    const key = request.readInt16();
    request.readInt16();
    const correlation = request.readInt32();
    request.readNullableString(false);
    request.readTaggedFields();
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    if (this.state.silent.has(key)) return undefined;
    const body = this.special.get(key)?.(request) ?? this.#body(key, request).buffer;
    const head = Buffer.alloc(9);
    head.writeInt32BE(body.length + 5, 0);
    head.writeInt32BE(correlation, 4);
    return Buffer.concat([head, body]);
  }

  #body(key: number, request: Reader): Writer {
    if (key === METADATA) return this.#metadata();
    if (key === LIST_GROUPS) return this.#listGroups();
    if (key === OFFSET_FETCH) return this.#committed(request);
    if (key === SHARE_OFFSETS) return this.#shares(request);
    if (key === LIST_OFFSETS) return this.#offsetsAt(request);
    throw new Error(`the fake does not know request ${key}`);
  }

  #metadata(): Writer {
    const { topics } = this.state;
    return Writer.create()
      .appendInt32(0)
      .appendArray([0], (w) => {
        w.appendInt32(0).appendString("127.0.0.1").appendInt32(this.port).appendString(null);
      })
      .appendString("fake")
      .appendInt32(0)
      .appendArray(Object.entries(topics), (w, [name, partitions]) => {
        w.appendInt16(0).appendString(name).appendUUID(uuidOf(name)).appendBoolean(false);
        w.appendArray([...partitions.keys()], (each, index) => {
          each.appendInt16(0).appendInt32(index).appendInt32(0).appendInt32(0);
          for (const ids of [[0], [0], []]) each.appendArray(ids, (one, id) => one.appendInt32(id), true, false);
        });
        w.appendInt32(0);
      })
      .appendTaggedFields();
  }

  #listGroups(): Writer {
    return Writer.create()
      .appendInt32(0)
      .appendInt16(0)
      .appendArray(Object.entries(this.state.groups), (w, [name, { type = "classic", state = "Stable" }]) => {
        w.appendString(name).appendString("consumer").appendString(state).appendString(type);
      })
      .appendTaggedFields();
  }

  #committed(request: Reader): Writer {
    const names = request.readArray((r) => {
      const name = r.readString();
      r.readNullableString();
      r.readInt32();
      r.readUnsignedVarInt();
      return name;
    });
    return Writer.create()
      .appendInt32(0)
      .appendArray(names, (w, name) => {
        const { offsets = {}, error = 0 } = this.state.groups[name] ?? { error: 69 };
        w.appendString(name);
        w.appendArray(Object.entries(offsets), (each, [topic, positions]) => {
          each.appendString(topic).appendArray([...positions.entries()], (one, [index, offset]) => {
            one.appendInt32(index).appendInt64(BigInt(offset)).appendInt32(-1).appendString("");
            one.appendInt16(this.state.errors[`${name}/${topic}-${index}`] ?? 0);
          });
        });
        w.appendInt16(error);
      })
      .appendTaggedFields();
  }

  #shares(request: Reader): Writer {
    const names = request.readArray((r) => {
      const name = r.readString();
      r.readUnsignedVarInt();
      return name;
    });
    return Writer.create()
      .appendInt32(0)
      .appendArray(names, (w, name) => {
        const { offsets = {}, left = {} } = this.state.groups[name] ?? {};
        w.appendString(name);
        w.appendArray(Object.entries(offsets), (each, [topic, positions]) => {
          each.appendString(topic).appendUUID(uuidOf(topic));
          each.appendArray([...positions.entries()], (one, [index, offset]) => {
            one.appendInt32(index).appendInt64(BigInt(offset)).appendInt32(0);
            one
              .appendInt64(BigInt(left[topic]?.[index] ?? -1))
              .appendInt16(0)
              .appendString(null);
          });
        });
        w.appendInt16(0).appendString(null);
      })
      .appendTaggedFields();
  }

  #offsetsAt(request: Reader): Writer {
    request.readInt32();
    request.readInt8();
    const topics = request.readArray((r) => ({
      name: r.readString(),
      partitions: r.readArray((each) => {
        const index = each.readInt32();
        each.readInt32();
        return { index, time: Number(each.readInt64()) };
      }),
    }));
    return Writer.create()
      .appendInt32(0)
      .appendArray(topics, (w, { name, partitions }) => {
        w.appendString(name).appendArray(partitions, (each, { index, time }) => {
          const partition = this.state.topics[name]?.[index];
          const error = partition === undefined ? 3 : (this.state.errors[`${name}-${index}`] ?? 0);
          const found = time === -1 ? { offset: partition?.end ?? -1, time: -1 } : partition?.at(time);
          const { offset, time: at } = error === 0 && found ? found : { offset: -1, time: -1 };
          each.appendInt32(index).appendInt16(error).appendInt64(BigInt(at)).appendInt64(BigInt(offset)).appendInt32(0);
        });
      })
      .appendTaggedFields();
  }
}

/** A topic's id, derived from its name. */
export const uuidOf = (name: string): string =>
  Buffer.from(name.padEnd(16, "-").slice(0, 16))
    .toString("hex")
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");

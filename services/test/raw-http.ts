import { connect } from "node:net";

/** The first answer on a connection; `status` is 0 when the connection was closed without one. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends raw bytes and waits for the first answer. Leaves event streams once they have begun.
 *
 * @param isCutOff - whether the client closes its side after the bytes
 * @throws when there is neither an answer nor an end within 30 s.
 */
export function exchange(port: number, bytes: Buffer | string, isCutOff = false): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parse(received));
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No whole answer within 30 s, only ${JSON.stringify(received)}.`));
    }, 30_000);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (isComplete(received)) finish();
    });
    // The service may close before it has read everything; its answer still counts.
    socket.on("error", () => undefined);
    socket.on("close", finish);
    if (isCutOff) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** Builds a request; adds `Host`, and `Content-Length` when there is a body. */
export function request(line: string, headers: readonly string[] = [], body: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 ? [`Content-Length: ${bytes.length}`] : [];
  const head = [`${line} HTTP/1.1`, "Host: test", ...length, ...headers].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), bytes]);
}

function isComplete(received: string): boolean {
  const { head, body } = parse(received);
  if (head === "") return false;
  if (/content-type: text\/event-stream/i.test(head)) return true;
  if (/transfer-encoding: chunked/i.test(head)) return received.endsWith("0\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  return length !== undefined && body.length >= Number(length);
}

function parse(all: string): RawAnswer {
  const received = all.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, head: "", body: "" };
  const head = received.slice(0, end);
  const body = received.slice(end + 4);
  // The end of missing chunks: Node.js' own answers have no body.
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: body === "0\r\n\r\n" ? "" : body };
}

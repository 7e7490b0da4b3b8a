import { connect as connectPlainly, type Socket } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";

/** What a server says to a client that wants TLS. */
export interface Handshake {
  /** Serial number of the certificate that the server shows; empty when the handshake fails. */
  readonly serial: string;
  /** Whether the server does not let the client stay. */
  readonly refused: boolean;
}

/** Milliseconds after which a server that keeps a connection without a word has let the client in. */
const LET_IN_MS = 3_000;

/** Connects with TLS. */
export async function handshake(host: string, port: number, options: ConnectionOptions): Promise<Handshake> {
  const socket = connect({ host, port, ...options });
  let serial = "";
  let refused = false;
  socket.on("secureConnect", () => {
    serial = socket.getPeerCertificate().serialNumber;
  });
  // With TLS 1.3 a server judges the client after the client's part is over. One that is let in would send a request now.
  socket.on("error", () => {
    refused = true;
  });
  socket.setTimeout(LET_IN_MS, () => socket.destroy());
  socket.resume();
  await untilClosed(socket);
  return { serial, refused };
}

/** What a server answers to a client of Kafka without TLS, which asks for the versions of the API as any client begins. */
export async function answerWithoutTls(host: string, port: number): Promise<Buffer> {
  const socket = connectPlainly(port, host);
  socket.write(Buffer.from("00000014001200000000000100046b6361740000000000", "hex"));
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => undefined);
  socket.setTimeout(30_000, () => socket.destroy());
  await untilClosed(socket);
  return Buffer.concat(chunks);
}

/** Whether an answer is none, or a TLS alert, of 7 bytes of which the first says so. */
export const refusesPlaintext = (answer: Buffer): boolean =>
  answer.length === 0 || (answer.length === 7 && answer[0] === 21);

/** Waits for the end of a connection, whichever it is. */
const untilClosed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.on("close", resolve));

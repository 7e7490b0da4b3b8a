/** `bare-server <frame>`: a plain Node.js event stream server, which sends everyone the given frame. kconsumer is measured against it. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "./child";

const frame = Buffer.from(process.argv[2] ?? "");
const readers = new Set<ServerResponse>();
const server = createServer((_request, response) => {
  response.removeHeader("transfer-encoding");
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
  });
  response.write("retry: 1000\n\n");
  readers.add(response);
  response.on("close", () => readers.delete(response));
});
server.listen(0, "127.0.0.1", () => {
  serve({
    port: () => (server.address() as AddressInfo).port,
    send: () => {
      for (const response of readers) response.write(frame);
    },
  });
});

import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { acceptPlainText, messageIn } from "./message-body.js";
import { requireRoom } from "./rooms.js";
import { refuseCrossSite } from "./same-site.js";

/** What both services refuse of messages. */
export interface PublishLimits {
  readonly rooms: readonly string[];
  /** Messages per client address and second. */
  readonly rateLimit: number;
}

/** A message that is accepted. */
export interface Accepted {
  readonly room: string;
  readonly message: Buffer<ArrayBuffer>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Adds `POST /api/topics/{topic}`. kproducer and the page's own address refuse the same messages, and differ in what they do with the others. */
export async function publishRoute(
  app: FastifyInstance,
  { rooms, rateLimit: max }: PublishLimits,
  publish: (accepted: Accepted) => Promise<FastifyReply>,
): Promise<void> {
  acceptPlainText(app);
  await app.register(rateLimit, { global: false });
  app.post<{ Params: { topic: string } }>(
    "/api/topics/:topic",
    { onRequest: refuseCrossSite, config: { rateLimit: { max, timeWindow: 1_000 } } },
    (request, reply) => {
      const room = requireRoom(rooms, request.params.topic);
      return publish({ room, message: messageIn(request.body), request, reply });
    },
  );
}

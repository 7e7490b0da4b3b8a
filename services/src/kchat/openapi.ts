/** The OpenAPI descriptions of both services, served as `/openapi.json`. */

interface Described {
  readonly description: string;
  readonly [key: string]: unknown;
}

const text = (description: string): Described => ({
  description,
  content: { "text/plain": { schema: { type: "string" } } },
});

const error = (description: string): Described => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

const retryAfter = {
  "Retry-After": { description: "Seconds after which to try again.", schema: { type: "integer", minimum: 0 } },
};

const room = { type: "string", pattern: "^[A-Za-z0-9._-]{1,249}$", example: "chatroom" };

const components = {
  securitySchemes: { token: { type: "http", scheme: "bearer" } },
  schemas: {
    Error: {
      type: "object",
      required: ["error", "message"],
      properties: {
        error: { type: "string", description: "A short name for programs." },
        message: { type: "string", description: "A sentence for people." },
      },
    },
  },
};

const commonPaths = {
  "/api/system/echo": { get: { summary: "Does anyone answer?", responses: { "200": text("A line of text.") } } },
  "/healthz": { get: { summary: "Is the process alive?", responses: { "200": text("It is.") } } },
  "/readyz": {
    get: { summary: "Can it do its work?", responses: { "200": text("It can."), "503": text("What is missing.") } },
  },
  "/metrics": { get: { summary: "Metrics for Prometheus", responses: { "200": text("The metrics.") } } },
  "/openapi.json": {
    get: {
      summary: "This description",
      responses: { "200": { description: "It.", content: { "application/json": { schema: { type: "object" } } } } },
    },
  },
};

const publish = {
  summary: "Send a message to a room",
  security: [{}, { token: [] }],
  parameters: [{ name: "topic", in: "path", required: true, description: "The room.", schema: room }],
  requestBody: {
    required: true,
    content: { "text/plain": { schema: { type: "string", minLength: 1 }, example: "User A: hello" } },
  },
  responses: {
    "200": {
      description: "Every in-sync replica has the message.",
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["room", "partition", "offset"],
            properties: {
              room,
              partition: { type: "integer", minimum: 0 },
              offset: {
                type: "integer",
                minimum: -1,
                description: "-1 when Kafka already had it and did not say where.",
              },
            },
          },
        },
      },
    },
    "400": error("The message is empty or not UTF-8."),
    "401": error("The token is missing or wrong."),
    "403": error("A browser sent it for a page of another site."),
    "404": error("There is no such room."),
    "413": error("The message is too long."),
    "415": error("The body is not text/plain in UTF-8."),
    "429": { ...error("Too many messages from this address."), headers: retryAfter },
    "503": { ...error("Kafka did not acknowledge it in time, or too many messages are waiting."), headers: retryAfter },
  },
};

const connect = {
  summary: "Follow a room",
  description:
    "Each message is an event `test` whose data is the message. The id of an event says where to resume: sent as Last-Event-ID to any " +
    "replica, it makes the stream go on without gaps and duplicates. A stream ends with an event `dropped` (the reader was too slow) or `reconnect` " +
    "(the service is stopping). A reader that does not accept text/event-stream by name gets messages only.",
  security: [{}, { token: [] }],
  parameters: [
    { name: "room", in: "query", description: "The room; the first one by default.", schema: room },
    {
      name: "history",
      in: "query",
      description: "How many earlier messages to begin with. Ignored when there is an event id.",
      schema: { type: "integer", minimum: 0, maximum: 999_999_999, default: 0 },
    },
    {
      name: "lastEventId",
      in: "query",
      description: "For clients that cannot send headers.",
      schema: { type: "string" },
    },
    { name: "Last-Event-ID", in: "header", description: "The id of the last event seen.", schema: { type: "string" } },
  ],
  responses: {
    "200": { description: "The stream.", content: { "text/event-stream": { schema: { type: "string" } } } },
    "400": error("history or the event id is malformed."),
    "401": error("The token is missing or wrong."),
    "403": error("A browser requested it for a page of another site."),
    "404": error("There is no such room."),
    "429": { ...error("This address has reached its limit of event streams."), headers: retryAfter },
    "503": {
      ...error(
        "The room is not loaded yet, this replica has reached its limit of readers, or it is sending older messages to too many of them.",
      ),
      headers: retryAfter,
    },
  },
};

const config = {
  summary: "What the page needs to know",
  responses: {
    "200": {
      description: "The service's configuration.",
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["rooms", "canPublish", "needsToken"],
            properties: {
              rooms: { type: "array", items: room },
              canPublish: { type: "boolean" },
              needsToken: { type: "boolean" },
            },
          },
        },
      },
    },
  },
};

const head = (title: string) => ({
  openapi: "3.1.0",
  info: { title, version: "1.0.0", license: { name: "Apache-2.0" } },
});

/** kproducer's description. */
export const producerDescription = {
  ...head("kproducer"),
  paths: { "/api/topics/{topic}": { post: publish }, ...commonPaths },
  components,
};

/** kconsumer's description, without the page under `/`. */
export const consumerDescription = {
  ...head("kconsumer"),
  paths: {
    "/sse/connect": { get: connect },
    "/api/config": { get: config },
    "/api/topics/{topic}": { post: { ...publish, summary: "Send a message to a room, through kproducer" } },
    ...commonPaths,
  },
  components,
};

import { createAPI, type Reader, ResponseError, Writer } from "@platformatic/kafka";

/** A broker registered with the controller. */
export interface RegisteredBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  /** Registered but not serving: stopped, starting, or lost. */
  readonly fenced: boolean;
}

const BROKERS = 1;

function createRequest(): Writer {
  return Writer.create().appendBoolean(false).appendInt8(BROKERS).appendBoolean(true).appendTaggedFields();
}

function parseResponse(_correlationId: number, apiKey: number, apiVersion: number, reader: Reader): RegisteredBroker[] {
  reader.readInt32();
  const errorCode = reader.readInt16();
  const errorMessage = reader.readNullableString();
  if (errorCode !== 0) throw new ResponseError(apiKey, apiVersion, { "/": [errorCode, errorMessage] }, undefined);
  reader.readInt8();
  reader.readString();
  reader.readInt32();
  return reader.readArray((r) => ({
    id: r.readInt32(),
    host: r.readString(),
    port: r.readInt32(),
    rack: r.readNullableString(),
    fenced: r.readBoolean(),
  }));
}

/** DescribeCluster, version 2, which lists fenced brokers (Kafka 4.0 and later); the library has version 1. */
export const describeClusterV2 = createAPI<[], RegisteredBroker[]>(60, 2, createRequest, parseResponse);

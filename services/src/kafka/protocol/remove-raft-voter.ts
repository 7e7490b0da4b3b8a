import { createAPI, type Reader, ResponseError, Writer } from "@platformatic/kafka";

function createRequest(clusterId: string, voterId: number, directoryId: string): Writer {
  return Writer.create().appendString(clusterId).appendInt32(voterId).appendUUID(directoryId).appendTaggedFields();
}

function parseResponse(_correlationId: number, apiKey: number, apiVersion: number, reader: Reader): undefined {
  reader.readInt32();
  const errorCode = reader.readInt16();
  const errorMessage = reader.readNullableString();
  if (errorCode !== 0) throw new ResponseError(apiKey, apiVersion, { "/": [errorCode, errorMessage] }, undefined);
}

/** RemoveRaftVoter, version 0 (KIP-853); the library has none. */
export const removeRaftVoterV0 = createAPI<[clusterId: string, voterId: number, directoryId: string], undefined>(
  81,
  0,
  createRequest,
  parseResponse,
);

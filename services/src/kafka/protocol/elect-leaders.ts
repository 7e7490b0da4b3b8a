import { createAPI, type Reader, ResponseError, Writer } from "@platformatic/kafka";

/** Partitions of one topic to hold an election for. */
export interface ElectLeadersTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** Result of one partition's election: 0 is success, 84 (ELECTION_NOT_NEEDED) means that the preferred leader already leads. */
export interface ElectLeadersResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

const PREFERRED = 0;

function createRequest(topics: ElectLeadersTopic[], timeoutMs: number): Writer {
  return Writer.create()
    .appendInt8(PREFERRED)
    .appendArray(topics, (writer, { topic, partitions }) => {
      writer.appendString(topic).appendArray([...partitions], (each, index) => each.appendInt32(index), true, false);
    })
    .appendInt32(timeoutMs)
    .appendTaggedFields();
}

function parseResponse(
  _correlationId: number,
  apiKey: number,
  apiVersion: number,
  reader: Reader,
): ElectLeadersResult[] {
  reader.readInt32();
  const errorCode = reader.readInt16();
  const results = reader.readArray((r) => {
    const topic = r.readString();
    return r
      .readArray((each) => ({
        partition: each.readInt32(),
        errorCode: each.readInt16(),
        errorMessage: each.readNullableString(),
      }))
      .map((result) => ({ topic, ...result }));
  });
  if (errorCode !== 0) throw new ResponseError(apiKey, apiVersion, { "/": [errorCode, null] }, results);
  return results.flat();
}

/** ElectLeaders, version 2, for preferred leaders; the library has none. */
export const electLeadersV2 = createAPI<[topics: ElectLeadersTopic[], timeoutMs: number], ElectLeadersResult[]>(
  43,
  2,
  createRequest,
  parseResponse,
);

import { findErrorBy, type ProtocolError } from "@platformatic/kafka";

/** The name of Kafka's error code inside `error` (such as `NOT_LEADER_OR_FOLLOWER`), or undefined when there is none. */
export function kafkaErrorName(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const coded = findErrorBy<ProtocolError>(error, "code", "PLT_KFK_PROTOCOL");
  return coded === null ? undefined : String(coded.apiId);
}

/** Every error of Kafka inside `error`: an answer has one for each thing that it is about. Empty when the request never got an answer. */
export function kafkaErrors(error: unknown): readonly ProtocolError[] {
  if (!(error instanceof Error)) return [];
  const nested: unknown = (error as { errors?: unknown }).errors;
  if (Array.isArray(nested)) return nested.flatMap(kafkaErrors);
  return findErrorBy(error, "code", "PLT_KFK_PROTOCOL") === error ? [error as ProtocolError] : [];
}

/** True for Kafka's error code `name`. */
export function isKafkaError(error: unknown, name: string): boolean {
  return error instanceof Error && findErrorBy(error, "apiId", name) !== null;
}

/** Whether a later attempt may succeed: lost connections, elections, temporarily missing replicas. */
export function isRetriable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (findErrorBy(error, "code", "PLT_KFK_USER") !== null) return false;
  if (findErrorBy(error, "canRetry", false) !== null) return false;
  return findErrorBy(error, "canRetry", true) !== null;
}

/** One sentence for people: Kafka's own message if there is one, else the deepest cause. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const coded = findErrorBy<ProtocolError>(error, "code", "PLT_KFK_PROTOCOL");
  if (coded !== null) {
    const said = (coded.serverErrorMessage as string | null | undefined) ?? coded.message;
    return `${String(coded.apiId)}: ${said}`;
  }
  const nested = (error as { errors?: unknown }).errors;
  if (Array.isArray(nested) && nested.length > 0) return describeError(nested[nested.length - 1]);
  if (error.cause instanceof Error) {
    const cause = describeError(error.cause);
    return error.message.includes(cause) ? error.message : `${error.message.replace(/\.$/, "")} (${cause})`;
  }
  return error.message === "" ? error.name : error.message;
}

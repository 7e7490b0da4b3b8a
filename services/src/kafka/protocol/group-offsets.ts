import { Writer } from "@platformatic/kafka";
import { Answer } from "./answer.js";

/** Receives offsets by group, topic and partition. An error is Kafka's code. */
export interface GroupListener {
  /** The following partitions belong to this group. */
  group(name: string): void;
  /** The following partitions belong to this topic. */
  topic(name: string): void;
  /** The last group's own result, 0 for no error. */
  end(error: number): void;
}

/** What differs between the answers of several requests. */
export interface Form {
  /** Bytes between a topic's name and its partitions. */
  readonly afterTopic: number;
  /** Reads a partition, but for its tagged fields. */
  readonly partition: (answer: Answer) => void;
  /** Whether a group's error has a message. */
  readonly hasMessage: boolean;
}

/** A request about all topics of several groups. @param about writes the rest of what is asked of a group */
export function groupsRequest(groups: readonly string[], about: (writer: Writer) => Writer): Writer {
  const each = (writer: Writer, group: string) => {
    about(writer.appendString(group)).appendTaggedFields();
  };
  return Writer.create().appendArray([...groups], each, true, false);
}

/** Reads an answer about groups. It creates no objects: there are millions of partitions. */
export function readGroups(bytes: Buffer, listener: GroupListener, form: Form): void {
  const answer = new Answer(bytes);
  answer.skip(4);
  for (let groups = answer.count(); groups > 0; groups -= 1) {
    listener.group(answer.string());
    for (let topics = answer.count(); topics > 0; topics -= 1) {
      listener.topic(answer.string());
      answer.skip(form.afterTopic);
      for (let partitions = answer.count(); partitions > 0; partitions -= 1) {
        form.partition(answer);
        answer.tags();
      }
      answer.tags();
    }
    listener.end(answer.int16());
    if (form.hasMessage) answer.skipString();
    answer.tags();
  }
}

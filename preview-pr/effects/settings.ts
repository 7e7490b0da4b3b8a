import { type DeclaredTopic, declaredTopics, kafkaSettings } from "../../policy/model";
import type { Effect, ObjectChange } from "./effect";

/** Settings that decide which records Kafka keeps, and where. */
const dataSettings =
  /^(log\.)?(retention\.|cleanup\.policy|dirs?$|local\.retention\.)|^unclean\.leader\.election|^offsets\.retention|^delete\.retention/;

/** What a change of Kafka's settings or of declared topics does to records. */
export function settingsEffects(change: ObjectChange): Effect[] {
  return [...brokerSettings(change), ...topics(change)];
}

function brokerSettings({ before, after, subject }: ObjectChange): Effect[] {
  const was = before && kafkaSettings(before);
  const is = after && kafkaSettings(after);
  if (was === undefined || is === undefined) {
    return [];
  }
  return differences(was, is)
    .filter(([key]) => dataSettings.test(key))
    .map((difference) => ({ subject, text: describeSetting(difference) }));
}

function topics({ before, after }: ObjectChange): Effect[] {
  // An object whose name follows from its content is not the same before and after; its topics are.
  if (before === undefined || after === undefined) {
    return [];
  }
  const old = new Map(declaredTopics(before).map((topic) => [topic.name, topic]));
  const now = new Map(declaredTopics(after).map((topic) => [topic.name, topic]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
    topicTexts(old.get(name), now.get(name)).map((text) => ({ subject: `topic ${name}`, text })),
  );
}

function topicTexts(was: DeclaredTopic | undefined, is: DeclaredTopic | undefined): string[] {
  if (was === undefined) {
    return ["is new"];
  }
  if (is === undefined) {
    return ["is no longer declared; the topic and its records stay"];
  }
  const [from, to] = [was.partitions, is.partitions];
  const config = differences(new Map(Object.entries(was.config)), new Map(Object.entries(is.config)));
  return [
    ...(from === to || from === undefined || to === undefined
      ? []
      : [
          `gets ${to} partitions instead of ${from}${to < from ? ", which is refused" : "; keys move to other partitions"}`,
        ]),
    ...(was.replicationFactor === is.replicationFactor
      ? []
      : [`gets replication factor ${is.replicationFactor} instead of ${was.replicationFactor}`]),
    ...config.filter(([key]) => dataSettings.test(key)).map(describeSetting),
  ];
}

type Difference = readonly [key: string, was: string | undefined, is: string | undefined];

function differences(was: ReadonlyMap<string, string>, is: ReadonlyMap<string, string>): Difference[] {
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((key): Difference => [key, was.get(key), is.get(key)])
    .filter(([, before, after]) => before !== after);
}

function describeSetting([key, was, is]: Difference): string {
  return `changes ${key} from ${was ?? "Kafka's default"} to ${is ?? "Kafka's default"}: this changes which records are kept`;
}

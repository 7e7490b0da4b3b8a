import { type Dashboard, rate, series } from "./dashboard";

const GROUP = 'consumergroup=~"$group"';

/** Consumer groups and their lag. */
export const groups: Dashboard = {
  name: "consumer-groups",
  title: "Kafka consumer groups",
  choices: { group: { metric: "kafka_consumergroup_state", label: "consumergroup" } },
  rows: {
    Lag: [
      {
        title: "Behind, in time",
        unit: "s",
        bounds: { warning: 60, critical: 600 },
        queries: [
          {
            expr: `max by (consumergroup, topic) (${series("kafka_consumergroup_lag_seconds", GROUP)})`,
            legend: "{{consumergroup}} {{topic}}",
          },
        ],
      },
      {
        title: "Behind, in records",
        unit: "short",
        queries: [
          {
            expr: `sum by (consumergroup, topic) (${series("kafka_consumergroup_lag", GROUP)})`,
            legend: "{{consumergroup}} {{topic}}",
          },
        ],
      },
    ],
    Partitions: [
      {
        title: "The partitions that are furthest behind",
        kind: "table",
        unit: "s",
        queries: [{ expr: `topk(20, ${series("kafka_consumergroup_lag_seconds", GROUP)})`, legend: "" }],
      },
      {
        title: "States of groups",
        kind: "table",
        unit: "short",
        queries: [{ expr: series("kafka_consumergroup_state", GROUP), legend: "" }],
      },
    ],
  },
};

/** The chat application. */
export const kchat: Dashboard = {
  name: "kchat",
  title: "kchat",
  rows: {
    Messages: [
      {
        title: "Published",
        unit: "cps",
        queries: [{ expr: `sum(${rate("kchat_messages_published_total")})`, legend: "messages" }],
      },
      {
        title: "Delivered",
        unit: "cps",
        queries: [{ expr: `sum by (room) (${rate("kchat_messages_delivered_total")})`, legend: "{{room}}" }],
      },
      {
        title: "Not published",
        unit: "cps",
        bounds: { warning: 0.1 },
        queries: [{ expr: `sum(${rate("kchat_publish_failures_total")})`, legend: "messages" }],
      },
    ],
    Readers: [
      {
        title: "Readers",
        unit: "short",
        queries: [{ expr: `sum by (room) (${series("kchat_readers")})`, legend: "{{room}}" }],
      },
      {
        title: "Readers that were dropped",
        unit: "cps",
        bounds: { warning: 0.1 },
        queries: [{ expr: `sum by (room) (${rate("kchat_readers_dropped_total")})`, legend: "{{room}}" }],
      },
      {
        title: "One message in a hundred is delivered later than",
        unit: "s",
        queries: [
          {
            expr: `histogram_quantile(0.99, sum by (le) (${rate("kchat_delivery_seconds_bucket")}))`,
            legend: "after its timestamp",
          },
        ],
      },
    ],
  },
};

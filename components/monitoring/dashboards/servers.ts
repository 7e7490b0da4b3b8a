import { type Dashboard, type Panel, rate, series } from "./dashboard";

const POD = 'pod=~"$pod"';
const pod = { pod: { metric: "kafka_stack_expected_brokers", label: "pod" } };

const traffic = (by: string, matchers: string): readonly Panel[] =>
  (
    [
      ["Bytes in", "bytesin", "Bps"],
      ["Bytes out", "bytesout", "Bps"],
      ["Records in", "messagesin", "cps"],
    ] as const
  ).map(([title, name, unit]) => ({
    title,
    unit,
    queries: [
      {
        expr: `sum by (${by}) (${rate(`kafka_server_brokertopicmetrics_${name}_total`, matchers)})`,
        legend: `{{${by}}}`,
      },
    ],
  }));

const number = (title: string, expr: string, bounds?: Panel["bounds"]): Panel => ({
  title,
  kind: "number",
  unit: "short",
  queries: [{ expr, legend: title }],
  ...(bounds && { bounds }),
});

/** The cluster as a whole: problems and throughput. */
export const cluster: Dashboard = {
  name: "cluster",
  title: "Kafka cluster",
  rows: {
    Health: [
      number("Brokers that run", `count(${series("kafka_server_kafkaserver_brokerstate")} == 3)`),
      number("Brokers that there should be", `max(${series("kafka_stack_expected_brokers")})`),
      number("Fenced brokers", `max(${series("kafka_controller_kafkacontroller_fencedbrokercount")})`, { critical: 1 }),
      number(
        "Partitions without a leader",
        `max(${series("kafka_controller_kafkacontroller_offlinepartitionscount")})`,
        { critical: 1 },
      ),
      number(
        "Partitions below min.insync.replicas",
        `sum(${series("kafka_server_replicamanager_underminisrpartitioncount")})`,
        { critical: 1 },
      ),
      number("Under-replicated partitions", `sum(${series("kafka_server_replicamanager_underreplicatedpartitions")})`, {
        warning: 1,
      }),
    ],
    Traffic: traffic("namespace", 'topic=""'),
    Volumes: [
      {
        title: "Free space",
        unit: "percentunit",
        bounds: { warning: 0.2, critical: 0.1, below: true },
        queries: [
          {
            expr: `${series("kafka_stack_volume_free_bytes")} / ${series("kafka_stack_volume_size_bytes")}`,
            legend: "{{pod}} {{directory}}",
          },
        ],
      },
    ],
  },
};

/** Each broker: its throughput, its load, and the effect on clients. */
export const broker: Dashboard = {
  name: "broker",
  title: "Kafka brokers",
  choices: pod,
  rows: {
    Traffic: traffic("pod", `topic="",${POD}`),
    Load: [
      {
        title: "Idle request handlers",
        unit: "percentunit",
        bounds: { warning: 0.4, critical: 0.2, below: true },
        queries: [
          {
            expr: series("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", POD),
            legend: "{{pod}}",
          },
        ],
      },
      {
        title: "Idle network threads",
        unit: "percentunit",
        bounds: { warning: 0.4, critical: 0.2, below: true },
        queries: [
          { expr: series("kafka_network_socketserver_networkprocessoravgidle_percent", POD), legend: "{{pod}}" },
        ],
      },
      {
        title: "Connections",
        unit: "short",
        queries: [
          {
            expr: `sum by (pod, listener) (${series("kafka_server_socket_server_metrics_connection_count", POD)})`,
            legend: "{{pod}} {{listener}}",
          },
        ],
      },
    ],
    Requests: [
      {
        title: "One write in a hundred takes longer than",
        unit: "ms",
        bounds: { warning: 500, critical: 1000 },
        queries: [
          {
            expr: series("kafka_network_requestmetrics_totaltimems", `request="Produce",quantile="0.99",${POD}`),
            legend: "{{pod}}",
          },
        ],
      },
      {
        title: "Writes that fail",
        unit: "cps",
        queries: [
          { expr: rate("kafka_server_brokertopicmetrics_failedproducerequests_total", POD), legend: "{{pod}}" },
        ],
      },
      {
        title: "Reads that fail",
        unit: "cps",
        queries: [{ expr: rate("kafka_server_brokertopicmetrics_failedfetchrequests_total", POD), legend: "{{pod}}" }],
      },
    ],
    Partitions: [
      {
        title: "Partitions",
        unit: "short",
        queries: [{ expr: series("kafka_server_replicamanager_partitioncount", POD), legend: "{{pod}}" }],
      },
      {
        title: "Leaders",
        unit: "short",
        queries: [{ expr: series("kafka_server_replicamanager_leadercount", POD), legend: "{{pod}}" }],
      },
      {
        title: "Under-replicated partitions",
        unit: "short",
        bounds: { warning: 1 },
        queries: [{ expr: series("kafka_server_replicamanager_underreplicatedpartitions", POD), legend: "{{pod}}" }],
      },
    ],
  },
};

/** Each topic: bytes and records in and out. */
export const topic: Dashboard = {
  name: "topic",
  title: "Kafka topics",
  choices: { topic: { metric: "kafka_server_brokertopicmetrics_messagesin_total", label: "topic" } },
  rows: {
    Traffic: traffic("topic", 'topic=~"$topic",topic!=""'),
    Partitions: [
      {
        title: "Records ever written, by the ends of the logs",
        unit: "short",
        queries: [
          {
            expr: `sum by (topic) (${series("kafka_topic_partition_current_offset", 'topic=~"$topic"')})`,
            legend: "{{topic}}",
          },
        ],
      },
      {
        title: "Under-replicated partitions",
        unit: "short",
        bounds: { warning: 1 },
        nothing: "0",
        queries: [
          {
            expr: `sum by (topic) (${series("kafka_cluster_partition_underreplicated", 'topic=~"$topic"')})`,
            legend: "{{topic}}",
          },
        ],
      },
    ],
  },
};

/** The quorum of the metadata. */
export const controllers: Dashboard = {
  name: "controllers",
  title: "Kafka controllers",
  rows: {
    Quorum: [
      number("Active controllers", `sum(${series("kafka_controller_kafkacontroller_activecontrollercount")})`),
      number("Controllers that there should be", `max(${series("kafka_stack_expected_controllers")})`),
      number(
        "Unclean elections in a day",
        `sum(increase(${series("kafka_controller_controllerstats_uncleanleaderelections_total")}[1d]))`,
        { critical: 1 },
      ),
    ],
    Metadata: [
      {
        title: "High watermark",
        unit: "short",
        queries: [{ expr: series("kafka_server_raftmetrics_high_watermark"), legend: "{{pod}}" }],
      },
      {
        title: "Commit latency",
        unit: "ms",
        queries: [{ expr: series("kafka_server_raftmetrics_commit_latency_avg"), legend: "{{pod}}" }],
      },
      {
        title: "Partitions that their preferred broker does not lead",
        unit: "short",
        queries: [
          {
            expr: `max(${series("kafka_controller_kafkacontroller_preferredreplicaimbalancecount")})`,
            legend: "partitions",
          },
        ],
      },
    ],
  },
};

/** The effect of `up` and its Jobs on the cluster. */
export const operations: Dashboard = {
  name: "operations",
  title: "Kafka operations",
  rows: {
    Moves: [
      {
        title: "Partitions that move",
        unit: "short",
        queries: [
          { expr: `sum(${series("kafka_server_replicamanager_reassigningpartitions")})`, legend: "partitions" },
        ],
      },
      {
        title: "Copied",
        unit: "Bps",
        queries: [
          {
            expr: `sum by (pod) (${rate("kafka_server_brokertopicmetrics_reassignmentbytesin_total")})`,
            legend: "{{pod}}",
          },
        ],
      },
    ],
    Restarts: [
      {
        title: "Time since the start",
        unit: "dtdurations",
        queries: [{ expr: `time() - ${series("kafka_stack_start_time_seconds")}`, legend: "{{pod}}" }],
      },
      {
        title: "Jobs that failed (of kube-state-metrics)",
        unit: "short",
        bounds: { warning: 1 },
        nothing: "none is known",
        queries: [
          { expr: `sum by (job_name) (${series("kube_job_failed", 'condition="true"')})`, legend: "{{job_name}}" },
        ],
      },
    ],
    "What measures": [
      {
        title: "Time of a scrape",
        unit: "s",
        queries: [{ expr: series("kafka_stack_scrape_seconds"), legend: "{{pod}}" }],
      },
      {
        title: "Sources that failed in the last scrape",
        unit: "short",
        bounds: { warning: 1 },
        queries: [{ expr: series("kafka_stack_scrape_failed_sources"), legend: "{{pod}}" }],
      },
      {
        title: "Answers about lag that are missing",
        unit: "short",
        bounds: { warning: 1 },
        queries: [{ expr: series("kafka_stack_lag_unanswered"), legend: "{{what}}" }],
      },
    ],
  },
};

/** The JVMs of the servers. */
export const jvm: Dashboard = {
  name: "jvm",
  title: "Kafka JVMs",
  choices: { pod: { metric: "kafka_stack_start_time_seconds", label: "pod" } },
  rows: {
    Memory: [
      {
        title: "Heap",
        unit: "bytes",
        queries: [{ expr: series("jvm_memory_used_bytes", `area="heap",${POD}`), legend: "{{pod}}" }],
      },
      {
        title: "Old generation after a collection, of the heap",
        unit: "percentunit",
        bounds: { warning: 0.8, critical: 0.9 },
        queries: [
          {
            expr:
              `sum by (pod) (${series("jvm_memory_pool_collection_used_bytes", `pool=~".*Old Gen",${POD}`)}) / ` +
              `max by (pod) (${series("jvm_memory_max_bytes", `area="heap",${POD}`)})`,
            legend: "{{pod}}",
          },
        ],
      },
      {
        title: "Share of the time that collections take",
        unit: "percentunit",
        bounds: { warning: 0.1 },
        queries: [{ expr: `sum by (pod) (${rate("jvm_gc_collection_seconds_sum", POD)})`, legend: "{{pod}}" }],
      },
    ],
    Process: [
      {
        title: "CPUs in use",
        unit: "short",
        queries: [{ expr: rate("process_cpu_seconds_total", POD), legend: "{{pod}}" }],
      },
      { title: "Threads", unit: "short", queries: [{ expr: series("jvm_threads_current", POD), legend: "{{pod}}" }] },
      {
        title: "Open files, of those that it may open",
        unit: "percentunit",
        bounds: { warning: 0.7, critical: 0.9 },
        queries: [
          { expr: `${series("process_open_fds", POD)} / ${series("process_max_fds", POD)}`, legend: "{{pod}}" },
        ],
      },
    ],
  },
};

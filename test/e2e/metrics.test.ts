import { strict as assert } from "node:assert";
import { ruleGroups } from "../../components/monitoring/alerts";
import { kubectl } from "../support/kubectl";
import { until } from "../support/until";

/** A server's metrics, through the API server. */
const scrape = (pod: string): Promise<string> =>
  kubectl("get", "--raw", `/api/v1/namespaces/kafka/pods/${pod}:9404/proxy/metrics`);

/** Metrics of the lag exporter, which is another pod: services/test-kafka/lag.test.ts reads them. */
const OF_LAG = /^kafka_(consumergroup|stack_lag|topic_partition_current_offset)/;

/** The names of the metrics. */
const names = (text: string): Set<string> =>
  new Set(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.replace(/[{ ].*/, "")),
  );

describe("the metrics of a broker", () => {
  it("include those that Kafka dashboards use", async () => {
    const found = names(await scrape("broker-0"));
    const wanted = [
      "kafka_server_brokertopicmetrics_bytesin_total",
      "kafka_server_brokertopicmetrics_messagesin_total",
      "kafka_server_replicamanager_partitioncount",
      "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
      "kafka_network_socketserver_networkprocessoravgidle_percent",
      "kafka_network_requestmetrics_totaltimems",
      "kafka_server_socket_server_metrics_connection_count",
      "kafka_server_raftmetrics_current_state",
      "kafka_server_raftmetrics_high_watermark",
      "kafka_controller_kafkacontroller_activecontrollercount",
      "jvm_memory_used_bytes",
      "process_cpu_seconds_total",
    ];
    assert.deepEqual(
      wanted.filter((name) => !found.has(name)),
      [],
    );
  });

  it("include those that the alerts use", async () => {
    const expressions = ruleGroups().flatMap(({ rules }) => rules.map(({ expr }) => expr));
    const asked = new Set(expressions.flatMap((expr) => expr.match(/\b(?:kafka|jvm)_\w+/g) ?? []));
    const found = names(await scrape("broker-0"));
    assert.deepEqual(
      [...asked].filter((name) => !found.has(name) && !OF_LAG.test(name)),
      [
        // Only on a stack that is closed by certificates.
        "kafka_stack_certificate_expiration_timestamp_seconds",
        // Only with ZooKeeper.
        "kafka_stack_expected_members",
        "kafka_server_sessionexpirelistener_zookeeperexpires_total",
      ],
    );
  });

  it("show a healthy cluster, once it is healthy", async () => {
    const series = [
      ["kafka_server_kafkaserver_brokerstate", "3 3 3"],
      ["kafka_server_replicamanager_underminisrpartitioncount", "0 0 0"],
      ["kafka_stack_expected_brokers", "3 3 3"],
      ["kafka_stack_scrape_failed_sources", "0 0 0"],
      ["kafka_controller_kafkacontroller_activecontrollercount", "0 0 1"],
    ];
    await until("the metrics show a healthy cluster", 60, async () => {
      const texts = await Promise.all(["broker-0", "broker-1", "broker-2"].map(scrape));
      const wrong = series.flatMap(([name = "", wanted]) => {
        const lines = texts.map((text) => text.split("\n").find((line) => line.startsWith(`${name} `)));
        const values = lines.map((line) => line?.split(" ")[1] ?? "none").sort();
        return values.join(" ") === wanted ? [] : [`${name} is ${values.join(" ")}`];
      });
      return wrong.length === 0 ? null : wrong.join(", ");
    });
  });
});

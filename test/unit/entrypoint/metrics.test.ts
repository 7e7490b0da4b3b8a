import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port";
import { until } from "../../support/until";
import { decisionsOfSuite } from "./decisions";

describe("the metrics of a server", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();
  let folder: string;
  let address: string;
  let lines: string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "metrics-"));
    writeFileSync(join(folder, "brokers"), "3\n");
    writeFileSync(join(folder, "members"), "server.1=a\nserver.2=b\n");
    const port = await freePort();
    address = `http://127.0.0.1:${port}/metrics`;
    await decisions.metrics(port, folder, folder);
    // Separate threads read the volumes.
    await until("the volumes have been read", 50, async () => {
      lines = await scrape();
      return lines.some((line) => line.startsWith("kafka_stack_volume_free_bytes")) ? null : lines.join("\n");
    });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const scrape = async () => (await (await fetch(address)).text()).trimEnd().split("\n");
  const has = (...wanted: string[]) => {
    for (const line of wanted) assert.ok(lines.includes(line), `${line} is not among:\n${lines.join("\n")}`);
  };
  const series = (name: string) => lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

  it("have the names that dashboards expect", () => {
    has(
      "# TYPE kafka_server_replicamanager_underreplicatedpartitions gauge",
      "kafka_server_replicamanager_underreplicatedpartitions 60",
      "kafka_server_kafkaserver_brokerstate 3",
      "kafka_network_socketserver_networkprocessoravgidle_percent 0.5",
      "# TYPE kafka_server_brokertopicmetrics_bytesin_total counter",
      "kafka_server_brokertopicmetrics_bytesin_total 10",
      'kafka_server_socket_server_metrics_connection_count{listener="CLIENT",networkProcessor="1"} 3.0',
      'kafka_server_raftmetrics_current_state{current_state="leader"} 1',
      "kafka_server_raftmetrics_current_leader 2.0",
      "kafka_server_raftmetrics_commit_latency_avg NaN",
      'kafka_log_logmanager_logdirectoryoffline{logDirectory="/data,0"} 0',
    );
  });

  it("show how idle the handlers are now, and not the average since the start", () => {
    has("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.75");
  });

  it("have distributions of times with their sum, only for important requests", () => {
    has(
      "# TYPE kafka_network_requestmetrics_totaltimems summary",
      'kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99"} 3.0',
      'kafka_network_requestmetrics_totaltimems_count{request="Produce"} 4',
      'kafka_network_requestmetrics_totaltimems_sum{request="Produce"} 10.0',
      'kafka_network_requestmetrics_errors_total{error="NONE",request="Produce"} 7',
    );
    assert.deepEqual(
      lines.filter((line) => /Heartbeat|NOT_CONTROLLER/.test(line)),
      [],
    );
  });

  it("are bounded in topics, partitions and clients", () => {
    // One series for all topics together.
    assert.equal(series("kafka_server_brokertopicmetrics_bytesin_total").length, 200 + 1);
    has("kafka_stack_topics_left_out 3", 'kafka_server_brokertopicmetrics_bytesin_total{topic="t199"} 199');
    assert.equal(series("kafka_cluster_partition_underreplicated").length, 50);
    assert.deepEqual(
      lines.filter((line) => /ConsumerLag|byte_rate|well|clientSoftware|failedfetch|clusterid/i.test(line)),
      [],
    );
    assert.deepEqual(series("kafka_cluster_partition_underminisr"), [], "none is said to be");
  });

  it("have no duplicate series, and group those of a name", () => {
    const names = lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/ [^ ]*$/, ""));
    assert.deepEqual(names, [...new Set(names)]);
    const types = lines.filter((line) => line.startsWith("# TYPE"));
    assert.deepEqual(types, [...new Set(types)]);
  });

  it("show the expected number of servers, as in the ConfigMap at that moment", async () => {
    has("kafka_stack_expected_brokers 3", "kafka_stack_expected_members 2");
    assert.deepEqual(series("kafka_stack_expected_controllers"), [], "a missing number is not 0");
    writeFileSync(join(folder, "brokers"), "4\n");
    assert.ok((await scrape()).includes("kafka_stack_expected_brokers 4"));
  });

  it("show how full the volumes are, and which of them does not answer", () => {
    has(
      `kafka_stack_volume_answers{directory="${folder}"} 1`,
      `kafka_stack_volume_answers{directory="${folder}/gone"} 0`,
    );
    assert.equal(series("kafka_stack_volume_size_bytes").length, 1);
  });

  it("are served although one source fails, which is counted", () => {
    has("kafka_stack_scrape_failed_sources 1");
    assert.equal(series("process_start_time_seconds").length, 1);
  });

  it("have ZooKeeper's, without its clients", () => {
    has(
      "zookeeper_quorumsize 3.0",
      'zookeeper_avgrequestlatency{memberType="Follower",replicaId="2"} 0.5',
      "# TYPE zookeeper_packetssent counter",
      'zookeeper_inmemorydatatree_nodecount{memberType="Follower",replicaId="2"} 6.0',
    );
    assert.deepEqual(series("zookeeper_connections_avglatency"), []);
  });

  it("are alone on their port, and are compressed for clients that accept that", async () => {
    const other = await fetch(address.replace("/metrics", "/retire"), { method: "POST" });
    const root = await fetch(address.replace("/metrics", "/quorum"));
    assert.deepEqual([other.status, root.status], [405, 404]);
    const encoding = await new Promise((resolve, reject) => {
      request(address, { headers: { "accept-encoding": "gzip" } }, (response) => {
        response.resume();
        resolve(response.headers["content-encoding"]);
      })
        .on("error", reject)
        .end();
    });
    assert.equal(encoding, "gzip");
  });
});

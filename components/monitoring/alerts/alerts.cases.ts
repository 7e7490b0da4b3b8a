/** Values of series over time, in the notation of `promtool test rules`, by series. */
export type Series = Readonly<Record<string, string>>;

const pods = ["broker-0", "broker-1", "broker-2"];
/** The name of a pod's series. */
export const of = (metric: string, pod: string, matchers = ""): string =>
  `${metric}{namespace="kafka",pod="${pod}"${matchers === "" ? "" : `,${matchers}`}}`;
const each = (metric: string, value: string, matchers = "") =>
  Object.fromEntries(pods.map((pod) => [of(metric, pod, matchers), value]));

/** Minutes of samples that the tests read, one per minute. */
const LONG = 70;
const always = (value: number): string => `${value}x${LONG}`;
const growing = (by: number, from = 0): string => `${from}+${by}x${LONG}`;

const DIRECTORY = 'directory="/var/lib/kafka/data-0/log"';
const PRODUCE = 'request="Produce"';

const EXPORTER = "lag-exporter-1";
const lagOf = (metric: string, group: string): string =>
  of(metric, EXPORTER, `consumergroup="${group}",topic="orders",partition="0"`);
const stateOf = (group: string, state: string): string =>
  of("kafka_consumergroup_state", EXPORTER, `consumergroup="${group}",state="${state}"`);

const EXPIRATION = "kafka_stack_certificate_expiration_timestamp_seconds";
const DAY_S = 24 * 3600;
/** The test's clock begins at 0. */
const expires = (certificate: string, days: number): Series =>
  each(EXPIRATION, always(days * DAY_S), `certificate="${certificate}"`);

/** A healthy cluster of three brokers that are controllers too, under load: no alert fires. */
export const WELL: Series = {
  ...each("kafka_stack_expected_brokers", always(3)),
  ...each("kafka_stack_expected_controllers", always(3)),
  ...each("kafka_stack_start_time_seconds", always(1000)),
  ...each("kafka_server_kafkaserver_brokerstate", always(3)),
  ...each("kafka_controller_kafkacontroller_activecontrollercount", always(0)),
  [of("kafka_controller_kafkacontroller_activecontrollercount", "broker-1")]: always(1),
  ...each("kafka_controller_kafkacontroller_fencedbrokercount", always(0)),
  ...each("kafka_controller_kafkacontroller_activebrokercount", always(3)),
  ...each("kafka_controller_kafkacontroller_offlinepartitionscount", always(0)),
  ...each("kafka_controller_kafkacontroller_preferredreplicaimbalancecount", always(2)),
  ...each("kafka_controller_kafkacontroller_globalpartitioncount", always(62)),
  ...each("kafka_controller_controllerstats_uncleanleaderelections_total", always(0)),
  ...each("kafka_server_raftmetrics_high_watermark", growing(120)),
  ...each("kafka_server_replicamanager_underminisrpartitioncount", always(0)),
  ...each("kafka_server_replicamanager_underreplicatedpartitions", always(0)),
  ...each("kafka_server_replicamanager_reassigningpartitions", always(0)),
  ...each("kafka_server_brokertopicmetrics_reassignmentbytesin_total", always(0)),
  ...each("kafka_stack_volume_answers", always(1), DIRECTORY),
  ...each("kafka_stack_volume_size_bytes", always(100), DIRECTORY),
  ...each("kafka_stack_volume_free_bytes", always(60), DIRECTORY),
  ...each("kafka_log_logmanager_offlinelogdirectorycount", always(0)),
  ...each("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", always(0.9)),
  ...each("kafka_network_socketserver_networkprocessoravgidle_percent", always(0.9)),
  ...each("kafka_network_requestmetrics_totaltimems", always(20), `${PRODUCE},quantile="0.99"`),
  ...each("kafka_network_requestmetrics_totaltimems_count", growing(600), PRODUCE),
  ...each("kafka_server_brokertopicmetrics_totalproducerequests_total", growing(6000)),
  ...each("kafka_server_brokertopicmetrics_failedproducerequests_total", growing(1)),
  ...each("kafka_server_brokertopicmetrics_totalfetchrequests_total", growing(6000)),
  ...each("kafka_server_brokertopicmetrics_failedfetchrequests_total", growing(1)),
  ...each("jvm_memory_max_bytes", always(1000), 'area="heap"'),
  ...each("jvm_memory_pool_collection_used_bytes", always(400), 'pool="G1 Old Gen"'),
  // Another application's JVM in the same namespace.
  [of("jvm_memory_max_bytes", "other", 'area="heap"')]: always(1000),
  [of("jvm_memory_pool_collection_used_bytes", "other", 'pool="G1 Old Gen"')]: always(990),
  [of("kube_job_failed", "kube-state-metrics", 'job_name="prepare",condition="true"')]: always(0),
  'kube_job_failed{namespace="other",job_name="backup",condition="true"}': always(1),
  ...each("kafka_stack_expected_members", always(1)),
  [of("zookeeper_avgrequestlatency", "zookeeper-0", 'memberType="Leader",replicaId="1"')]: always(1),
  [of("zookeeper_outstandingrequests", "zookeeper-0", 'memberType="Leader",replicaId="1"')]: always(0),
  // Of a cluster that is closed by certificates; renewed ones have a third of a year left.
  ...expires("server", 121),
  ...expires("authority", 400),
  ...each("kafka_server_sessionexpirelistener_zookeeperexpires_total", always(0)),
  [of("kchat_publish_failures_total", "kproducer-0")]: always(0),
  [of("kchat_readers_dropped_total", "kconsumer-0", 'room="chatroom"')]: always(0),
  [lagOf("kafka_consumergroup_lag", "billing")]: always(5000),
  [lagOf("kafka_consumergroup_lag_seconds", "billing")]: always(20),
  [stateOf("billing", "Stable")]: always(1),
  // Nobody consumes in this group any more.
  [lagOf("kafka_consumergroup_lag", "old")]: growing(100),
  [lagOf("kafka_consumergroup_lag_seconds", "old")]: growing(60, 5000),
  [stateOf("old", "Empty")]: always(1),
  [of("kafka_stack_lag_last_round_timestamp_seconds", EXPORTER)]: growing(60),
  [of("kafka_stack_lag_unanswered", EXPORTER, 'what="end"')]: always(0),
};

/** The differences from {@link WELL}; a series that is `gone` ends after the first minute. */
export const gone = `1 stale`;

const without = (pod: string): Series =>
  Object.fromEntries(Object.keys(WELL).flatMap((name) => (name.includes(`pod="${pod}"`) ? [[name, gone]] : [])));

/** The fault that makes each alert fire; besides it only the alerts in `also` fire. */
export const WRONG: Readonly<Record<string, { readonly series: Series; readonly also?: readonly string[] }>> = {
  KafkaMetricsAbsent: {
    series: Object.fromEntries(Object.keys(WELL).map((name) => [name, gone])),
    also: ["KafkaLagSilent"],
  },
  KafkaBrokerMissing: { series: without("broker-0"), also: ["KafkaControllerMissing"] },
  KafkaBrokerFenced: {
    series: {
      ...each("kafka_controller_kafkacontroller_fencedbrokercount", always(1)),
      ...each("kafka_controller_kafkacontroller_activebrokercount", always(2)),
    },
  },
  KafkaBrokerStillRegistered: { series: each("kafka_controller_kafkacontroller_fencedbrokercount", always(1)) },
  KafkaServerRestarts: {
    // So seldom that its restarts keep others silent: see unlessRolling.
    series: { [of("kafka_stack_start_time_seconds", "broker-2")]: `1000x10 1001x17 1002x17 1003x${LONG}` },
  },
  KafkaNoActiveController: {
    series: each("kafka_controller_kafkacontroller_activecontrollercount", always(0)),
  },
  KafkaSeveralActiveControllers: {
    series: { [of("kafka_controller_kafkacontroller_activecontrollercount", "broker-2")]: always(1) },
  },
  KafkaControllerMissing: {
    series: { [of("kafka_controller_kafkacontroller_activecontrollercount", "broker-0")]: gone },
  },
  KafkaMetadataLags: { series: { [of("kafka_server_raftmetrics_high_watermark", "broker-0")]: growing(100) } },
  KafkaCertificateExpires: { series: expires("authority", 300) },
  KafkaCertificateExpiresSoon: { series: expires("server", 6), also: ["KafkaCertificateExpires"] },
  KafkaOfflinePartitions: {
    series: { [of("kafka_controller_kafkacontroller_offlinepartitionscount", "broker-1")]: always(1) },
  },
  KafkaUnderMinIsr: {
    series: { [of("kafka_server_replicamanager_underminisrpartitioncount", "broker-1")]: always(1) },
  },
  KafkaUnderReplicated: {
    series: { [of("kafka_server_replicamanager_underreplicatedpartitions", "broker-1")]: always(1) },
  },
  KafkaUncleanElection: {
    series: {
      [of("kafka_controller_controllerstats_uncleanleaderelections_total", "broker-1")]: `0x55 1x${LONG}`,
    },
  },
  KafkaReassignmentStuck: {
    series: { [of("kafka_server_replicamanager_reassigningpartitions", "broker-1")]: always(4) },
  },
  KafkaLeadersUnbalanced: {
    series: each("kafka_controller_kafkacontroller_preferredreplicaimbalancecount", always(20)),
  },
  KafkaVolumeFillsUp: {
    series: { [of("kafka_stack_volume_free_bytes", "broker-0", DIRECTORY)]: `39-0.1x${LONG}` },
  },
  KafkaVolumeFull: { series: { [of("kafka_stack_volume_free_bytes", "broker-0", DIRECTORY)]: always(9) } },
  KafkaVolumeSilent: {
    series: {
      [of("kafka_stack_volume_answers", "broker-0", DIRECTORY)]: always(0),
      [of("kafka_stack_volume_free_bytes", "broker-0", DIRECTORY)]: gone,
      [of("kafka_stack_volume_size_bytes", "broker-0", DIRECTORY)]: gone,
    },
  },
  KafkaLogDirectoryFailed: {
    series: { [of("kafka_log_logmanager_offlinelogdirectorycount", "broker-0")]: always(1) },
  },
  KafkaRequestHandlersBusy: {
    series: { [of("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", "broker-0")]: always(0.1) },
  },
  KafkaNetworkThreadsBusy: {
    series: { [of("kafka_network_socketserver_networkprocessoravgidle_percent", "broker-0")]: always(0.1) },
  },
  KafkaProduceSlow: {
    series: {
      [of("kafka_network_requestmetrics_totaltimems", "broker-0", `${PRODUCE},quantile="0.99"`)]: always(1500),
      // Nobody writes here any more, and the value stays.
      [of("kafka_network_requestmetrics_totaltimems", "broker-1", `${PRODUCE},quantile="0.99"`)]: always(1500),
      [of("kafka_network_requestmetrics_totaltimems_count", "broker-1", PRODUCE)]: always(600),
    },
  },
  KafkaProduceErrors: {
    series: { [of("kafka_server_brokertopicmetrics_failedproducerequests_total", "broker-0")]: growing(100) },
  },
  KafkaFetchErrors: {
    series: { [of("kafka_server_brokertopicmetrics_failedfetchrequests_total", "broker-0")]: growing(100) },
  },
  KafkaHeapFull: {
    series: { [of("jvm_memory_pool_collection_used_bytes", "broker-0", 'pool="G1 Old Gen"')]: always(950) },
  },
  KafkaConsumerBehind: { series: { [lagOf("kafka_consumergroup_lag_seconds", "billing")]: always(700) } },
  KafkaConsumerLagGrows: {
    series: {
      [lagOf("kafka_consumergroup_lag", "billing")]: growing(100),
      // Its last consumer has ended, which must not silence the alert.
      [stateOf("billing", "Stable")]: gone,
      [stateOf("billing", "Empty")]: always(1),
    },
  },
  KafkaLagSilent: {
    series: { [of("kafka_stack_lag_last_round_timestamp_seconds", EXPORTER)]: `0+60x40 _x30` },
  },
  KafkaLagIncomplete: { series: { [of("kafka_stack_lag_unanswered", EXPORTER, 'what="end"')]: always(3) } },
  KafkaJobFailed: {
    series: { [of("kube_job_failed", "kube-state-metrics", 'job_name="prepare",condition="true"')]: always(1) },
  },
  KafkaZooKeeperServerMissing: {
    series: {
      [of("zookeeper_avgrequestlatency", "zookeeper-0", 'memberType="Leader",replicaId="1"')]: gone,
      // A server that looks for a quorum.
      [of("zookeeper_avgrequestlatency", "zookeeper-0", 'memberType="LeaderElection",replicaId="1"')]: always(0),
    },
  },
  KafkaZooKeeperSlow: {
    series: { [of("zookeeper_outstandingrequests", "zookeeper-0", 'memberType="Leader",replicaId="1"')]: always(20) },
  },
  KafkaZooKeeperSessionExpired: {
    series: {
      [of("kafka_server_sessionexpirelistener_zookeeperexpires_total", "broker-0")]: `0x55 1x${LONG}`,
    },
  },
  KafkaChatFailsToPublish: { series: { [of("kchat_publish_failures_total", "kproducer-0")]: growing(60) } },
  KafkaChatDropsReaders: {
    series: { [of("kchat_readers_dropped_total", "kconsumer-0", 'room="chatroom"')]: growing(60) },
  },
};

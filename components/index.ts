/**
 * The components for other Pulumi programs. None of them reads config or the environment: everything comes from their arguments.
 *
 * @packageDocumentation
 */
export { Certificates, type CertificatesArgs } from "./certificates/certificates";
export type { AuthoritySpec } from "./certificates/exchange";
export { certificateSecret, type CertificateHolder } from "./certificates/tls-files";
export type { ClusterSpec, ServerSpec, ZooKeeperSpec } from "./cluster/resolve";
export type { ImageBuild, KafkaImages } from "./cluster/images";
export { Kafka, type KafkaArgs, type Operations } from "./cluster/kafka";
export type { PrerequisiteArgs } from "./cluster/prerequisites";
export type { ImageSource } from "./image/content-hash";
export { Image, type ImageArgs, type RegistryAddress } from "./image/image";
export {
  kafkaImageSource,
  servicesImageSource,
  type KafkaImageOptions,
  type BaseImages,
  type ServicesImageOptions,
} from "./image/sources";
export { clusterId } from "./kafka/cluster-id";
export type { Topic, TopicSpec } from "./kafka/default-topics";
export type { ExternalSpec } from "./kafka/external-access";
export { KAFKA_CONFIG, KafkaCluster, type KafkaClusterArgs } from "./kafka/kafka-cluster";
export type { PoolSpec } from "./kafka/kafka-pool";
export { nodeIds, type Pool } from "./kafka/node-ids";
export { autoJoinsQuorum } from "./kafka/quorum";
export type { Authentication, Settings } from "./kafka/settings";
export { chatAddresses, type ChatAddresses, type Reach } from "./kchat/addresses";
export { Chat, type ChatArgs } from "./kchat/chat";
export type { IngressSpec } from "./kchat/chat-ingress";
export type { Autoscaling, WebServiceArgs, WebServiceSpec } from "./kchat/web-service";
export type { Peer } from "./kubernetes/allow-ingress";
export type { ClusterAccess } from "./kubernetes/cluster-access";
export { type Owner } from "./kubernetes/owner";
export { SecuredNamespace, type PodSecurity, type SecuredNamespaceArgs } from "./kubernetes/namespace";
export { clusterProviders, type Providers } from "./kubernetes/providers";
export type { Role, Scope } from "./kubernetes/scope";
export type { Spread } from "./servers/server-pod";
export { clusterFileMap, type Desired, type Moves } from "./operations/desired-state";
export { ruleGroups, type AlertRule, type RuleGroup, type RuleOptions } from "./monitoring/alerts";
export { dashboardFiles } from "./monitoring/dashboards";
export type { LagSource } from "./monitoring/lag-exporter";
export { Monitoring, type Monitored, type MonitoringArgs } from "./monitoring/monitoring";
export {
  FinishChange,
  PrepareChange,
  type FinishChangeArgs,
  type OperationsArgs,
  type PrepareChangeArgs,
} from "./operations/kafka-operations";
export type { JobResources } from "./jobs/job-resources";
export type { OpsContainerArgs } from "./operations/ops-pod";
export type { MountedFiles } from "./pods/mounted-files";
export { OpsTemplate, type OpsTemplateArgs } from "./operations/ops-template";
export { OrderKey } from "./servers/order-key";
export { ToolJob, type ToolJobArgs } from "./servers/tool-job";
export type { PodKind, PodOverlay, PodOverlays, ProbeTiming } from "./kubernetes/pod-overlays";
export { htpasswd } from "./registry/htpasswd";
export { PullSecret, type PullSecretArgs } from "./registry/pull-secret";
export { Registry, type RegistryArgs } from "./registry/registry";
export {
  ImmutableSettingsGuard,
  type ImmutableSettingsGuardArgs,
  type SettingsVerdict,
} from "./stack/immutable-settings-guard";
export type { Evidence, FoundVolume, Started } from "./stack/evidence";
export { ImmutableSettingsRecord, type ImmutableSettingsRecordArgs } from "./stack/immutable-settings-record";
export type { HostPathSpec, NfsSpec, StorageClassSpec, StorageSpec } from "./storage/default-storage";
export type { Backend, HostPathBackend, NfsBackend, NfsServer, PoolStorage, StorageClassBackend } from "./storage/plan";
export type { DirectoryTools } from "./storage/pool-volumes";
export { Ensemble, type EnsembleArgs } from "./zookeeper/ensemble";
export type { Access, Acl } from "./users/access";
export {
  type Operation,
  type QuotaSpec,
  type RightResource,
  type RightSpec,
  type ShortWord,
  userSecret,
  type UserSecretSpec,
  type UserSpec,
} from "./users/user";

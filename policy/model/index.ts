/**
 * What other tools of this repository use of the model of a stack's resources: the report of a pull request sees workloads, settings and places as the policies do. The pack's
 * own rules import the files.
 */
export { declaredTopics, type DeclaredTopic, kafkaSettings } from "./kafka";
export { placeProperties } from "./replacement";
export { display, inOneNamespace, type KubernetesResource, kubernetesResource } from "./resource";
export { Value } from "./value";
export { type Container, replicasOf, type Workload, workloadOf } from "./workload";

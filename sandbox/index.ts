/**
 * The Kubernetes on this machine, and what it has for others: programs of Debian and Kafka's jars. Other rooms import this module; besides it they may import `stack/stack-file.ts`, which needs
 * the engine but not the sandbox, and `host/check-node.ts`, which every command imports before anything else.
 */
export { kafkaJars } from "./build/kafka-jars";
export { down } from "./down";
export { sandboxEnvironment } from "./environment";
export { ensurePackages, provided } from "./host/platform";
export { nfsDown, nfsStart, nfsStop, nfsUp } from "./nfs/commands";
export { startNode, stopNode } from "./node-power";
export { checkout, sandboxRoot } from "./paths";
export { renderStatus, status } from "./status";
export { up } from "./up";

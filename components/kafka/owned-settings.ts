const listeners = "belongs to the stack, which makes the listeners; outside access is kafka.external";
const ids = "belongs to the stack: ids follow the pods' ordinals";
const quorum = "belongs to the stack, which forms the quorum; see controllers";
const directories = "belongs to the stack: directories follow storage.path and storage.volumes";
const reassignment = "belongs to the stack: throttles are operations.rebalance.throttle";
const zookeeper = "belongs to the stack, which knows its ZooKeeper ensemble; see mode and zookeeper";

/** Kafka settings that the stack itself writes, with what to do instead. */
export const ownedSettings: Readonly<Record<"broker" | "topic", Readonly<Record<string, string>>>> = {
  broker: {
    "advertised.listeners": listeners,
    "broker.id": ids,
    "broker.id.generation.enable": ids,
    "broker.rack": "belongs to the stack: racks are zones, see scheduling.zones",
    "control.plane.listener.name": listeners,
    "controlled.shutdown.enable": "belongs to the stack: without controlled shutdown a roll interrupts every partition",
    "controller.listener.names": listeners,
    "controller.quorum.auto.join.enable": quorum,
    "controller.quorum.bootstrap.servers": quorum,
    "controller.quorum.voters": quorum,
    "cordoned.log.dirs": directories,
    "early.start.listeners": listeners,
    "follower.replication.throttled.rate": reassignment,
    "inter.broker.listener.name": listeners,
    "inter.broker.protocol.version": "belongs to the stack: it follows kafka.version",
    listeners,
    "leader.replication.throttled.rate": reassignment,
    "listener.security.protocol.map": listeners,
    "log.dir": directories,
    "log.dirs": directories,
    "metadata.log.dir": directories,
    "node.id": ids,
    "process.roles": "belongs to the stack: roles follow mode and controllers.dedicated",
    "reserved.broker.max.id": ids,
    "security.inter.broker.protocol": listeners,
    "zookeeper.connect": zookeeper,
    "zookeeper.metadata.migration.enable": zookeeper,
  },
  topic: {
    "follower.replication.throttled.replicas": reassignment,
    "leader.replication.throttled.replicas": reassignment,
  },
};

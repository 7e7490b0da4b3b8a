import { life } from "./life";

life({ stack: "kraft-quickstart", servers: { broker: 3 }, room: { partitions: 12, replicationFactor: 3 } });

life({
  stack: "cndjp3",
  servers: { broker: 4, zookeeper: 3, "zookeeper-ephemeral": 2 },
  room: { partitions: 12, replicationFactor: 4 },
});

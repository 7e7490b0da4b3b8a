#!/usr/bin/env bash
# At image build: starts a throw-away broker once and stores what the JVM learned about its classes, which halves a broker's start. From Java 25 on this is an AOT
# cache (JEP 483 and 514), before that a class-data-sharing archive. startup.options gets the JVM options that use it.
set -euo pipefail
cd /opt/kafka
work=$(mktemp -d)
log=$work/log
cat >"$work/server.properties" <<P
process.roles=broker,controller
node.id=0
listeners=CLIENT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=CLIENT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:9093
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$work/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
health.bootstrap=127.0.0.1:9092
P
if java -XX:+PrintFlagsFinal -version 2>/dev/null | grep -q AOTCacheOutput; then
  archive=kafka.aot
  # Kafka unmaps files through Unsafe and compresses in native code. Without these options the JVM warns of both at each start.
  printf '%s\n' --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED >startup.options
  # Without method profiles: compiling from them at once takes processor time from the start.
  write=(-XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -XX:AOTCacheOutput="$PWD/$archive")
  use=-XX:AOTCache=$PWD/$archive
else
  archive=kafka.jsa
  : >startup.options
  write=(-XX:ArchiveClassesAtExit="$PWD/$archive")
  use=-XX:SharedArchiveFile=$PWD/$archive
fi
readonly JAVA=(java -Xmx256m -XX:+UseG1GC @startup.options -Dlog4j2.configurationFile=/opt/kafka/etc/log4j.xml -Dlog4j.configuration=file:/opt/kafka/etc/log4j.properties
  -cp "$(<classpath)")
# As in a pod: the only server of its stack, which formats its disk and founds the quorum.
echo 1 | tee "$work/controllers" >"$work/brokers"
export POD_NAMESPACE=build KAFKA_POOL=broker KAFKA_NODE_ID_BASE=0 KAFKA_CLUSTER_ID=AAAAAAAAAAAAAAAAAAAAAA KAFKA_STACK_CONFIG_DIR=$work
"${JAVA[@]}" "${write[@]}" kafkastack.Main kafka.Kafka "$work/server.properties" >"$log" 2>&1 &
broker=$!
ready() { exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /ready HTTP/1.0\r\n\r\n' >&3 && grep -q ' 200 ' <&3; }
for _ in $(seq 120); do
  if (ready) 2>/dev/null; then break; fi
  kill -0 $broker 2>/dev/null || { cat "$log"; exit 1; }
  sleep 0.5
done
# A scrape, so that its classes are stored too.
(exec 3<>/dev/tcp/127.0.0.1/9404 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3 >/dev/null) || { echo "no metrics are given"; cat "$log"; exit 1; }
kill -TERM $broker
wait $broker || true
[[ -s $archive ]] || { echo "$archive was not written"; tail -50 "$log"; exit 1; }
echo "$use" >>startup.options
rm -rf "$work"

#!/usr/bin/env bash
# Every tool name on PATH (kafka-topics.sh …) is a link to this script, which finds the tool's class by that name.
set -euo pipefail
export KAFKA_HEAP_OPTS=${KAFKA_TOOL_HEAP_OPTS:--Xmx256m} KAFKA_JVM_OPTS=${KAFKA_TOOL_JVM_OPTS:--XX:+UseSerialGC -XX:TieredStopAtLevel=1}
export KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
class=$(sed -n "s/^${0##*/} //p" /opt/kafka/tools)
# Like Kafka's own script, accept the servers without their option.
[[ ${0##*/} != zookeeper-shell.sh ]] || set -- -server "$@"
# In a closed stack every client needs a certificate: the container's, unless the caller names another.
if [[ -n ${KAFKA_TLS_DIR:-} ]]; then
  case "${0##*/} $*" in
    kafka-dump-log.sh* | kafka-storage.sh* | zookeeper-shell.sh* | kafka-cluster.sh*\ --config* | *\ --command-config* | *\ --producer.config* | *\ --consumer.config* | *\ --admin.config*) ;;
    kafka-cluster.sh*) set -- "$@" --command-config "$KAFKA_TLS_DIR/client.properties" ;;
    *) set -- --command-config "$KAFKA_TLS_DIR/client.properties" "$@" ;;
  esac
fi
exec kafka-run-class.sh "$class" "$@"

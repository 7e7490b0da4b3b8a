#!/usr/bin/env bash
# What `npm run ops -- recover-quorum` runs in the pods of servers: survey | export | stage … | discard (see Recovery.java). Never run by a server itself.
set -euo pipefail
export KAFKA_HEAP_OPTS=-Xmx64m KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
exec kafka-run-class.sh kafkastack.Recovery "$@"

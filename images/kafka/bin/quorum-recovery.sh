#!/usr/bin/env bash
# `npm run ops -- recover-quorum` runs this in the servers' pods: survey | export | stage … | discard (see Recovery.java). A server never runs it itself.
set -euo pipefail
export KAFKA_HEAP_OPTS=-Xmx64m KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
exec kafka-run-class.sh kafkastack.Recovery "$@"

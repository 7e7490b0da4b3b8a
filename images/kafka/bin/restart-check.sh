#!/usr/bin/env bash
# Waits until every server can be restarted, one after the other. Exit code 1: not in time, and the last line says which one is missing.
# Usage: restart-check.sh HOST:PORT SECONDS RESTARTS   RESTARTS is what the restart is for: another one is another Job
set -euo pipefail
export KAFKA_HEAP_OPTS=${KAFKA_TOOL_HEAP_OPTS:--Xmx128m} KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
exec kafka-run-class.sh kafkastack.RestartCheck "$@"

#!/usr/bin/env bash
# Waits until every server can be restarted, one after the other. Exit code 1: the time is up, and the last line names the missing server.
# $KAFKA_STACK_CONFIG_DIR, by default /etc/kafka, has the servers' configuration of an earlier update, if there was one.
# Usage: restart-check.sh HOST:PORT SECONDS RESTARTS   RESTARTS identifies the restart, so that another one is another Job
set -euo pipefail
export KAFKA_HEAP_OPTS=${KAFKA_TOOL_HEAP_OPTS:--Xmx128m} KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
exec kafka-run-class.sh kafkastack.RestartCheck "$@"

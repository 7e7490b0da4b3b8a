#!/usr/bin/env bash
# Lets Kafka's own parser read server.properties before a server does. Exit code 1: the parser refuses it, and the last line says why.
# Usage: config-check.sh PROPERTIES ROLES...   PROPERTIES is the text of the file; ROLES as in process.roles, or zookeeper
set -euo pipefail
export KAFKA_HEAP_OPTS=${KAFKA_TOOL_HEAP_OPTS:--Xmx128m} KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
exec kafka-run-class.sh kafkastack.ConfigCheck "$@"

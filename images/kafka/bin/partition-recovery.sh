#!/usr/bin/env bash
# `npm run ops -- recover-partitions` runs this in the brokers' pods: copies BYTES (see Copies.java) | list | elect BYTES (see OfflinePartitions.java) |
# begin, which lets a broker that waits for a lost disk begin with empty copies | begun, which takes that back. A server never runs it itself.
set -euo pipefail
readonly RENDERED=${KAFKA_STACK_RENDERED:-/tmp/server.properties}
export KAFKA_HEAP_OPTS=-Xmx96m KAFKA_JVM_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOGGING=/opt/kafka/etc/tools-log4j
case $1 in
  copies) exec kafka-run-class.sh kafkastack.Copies "$RENDERED" "$2" ;;
  begin) exec touch "${RENDERED%/*}/begin-empty" ;;
  begun) exec rm -f "${RENDERED%/*}/begin-empty" ;;
  *) exec kafka-run-class.sh kafkastack.OfflinePartitions "$RENDERED" "$@" ;;
esac

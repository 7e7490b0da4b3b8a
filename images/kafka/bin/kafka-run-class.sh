#!/usr/bin/env bash
# Runs a Java class with the image's jars, the archive of build-cds.sh for a quick start, and the settings of this container.
set -euo pipefail
readonly HOME_DIR=/opt/kafka

# Kafka 4 logs through Log4j 2, Kafka 3 through reload4j: each reads its own file and ignores the other's property.
readonly LOGGING=${KAFKA_LOGGING:-$HOME_DIR/etc/log4j}
: "${KAFKA_HEAP_OPTS:=-Xmx256m}"
: "${KAFKA_JVM_OPTS:=-XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -XX:+ExitOnOutOfMemoryError}"

# The options are lists of words.
# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS $KAFKA_JVM_OPTS @$HOME_DIR/startup.options -Xlog:disable -Xlog:all=error:stderr \
  -Djava.awt.headless=true -Dlog4j2.configurationFile="$LOGGING.xml" -Dlog4j.configuration="file:$LOGGING.properties" \
  -cp "$(<$HOME_DIR/classpath)" ${KAFKA_OPTS:-} "$@"

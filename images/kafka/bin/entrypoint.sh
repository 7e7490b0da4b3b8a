#!/usr/bin/env bash
# Starts one Kafka or ZooKeeper server of a StatefulSet. It does only what needs the pod: finds the ordinal, renders this pod's properties, checks its
# volumes, and becomes the JVM. A refusal is one sentence, and nothing is started then.
set -euo pipefail

# Tests run this script outside an image, where both paths differ.
readonly CONFIG=${KAFKA_STACK_CONFIG_DIR:-/etc/kafka}
readonly RENDERED=${KAFKA_STACK_RENDERED:-/tmp/server.properties}

say() { printf 'kafka-stack: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
need() { [[ -n ${!1:-} ]] || die "$1 is not set in the pod's environment"; }

# A container's first process ignores signals that it does not handle. With this trap a pod that still waits for others stops at once.
trap 'exit 143' TERM

for name in POD_NAME POD_NAMESPACE KAFKA_POOL; do need "$name"; done
readonly ORDINAL=${POD_NAME##*-}
[[ $ORDINAL =~ ^[0-9]+$ ]] || die "POD_NAME is '$POD_NAME', which does not end in an ordinal as a StatefulSet's pods do"
readonly HOST=$POD_NAME.$KAFKA_POOL.$POD_NAMESPACE.svc

case $KAFKA_POOL in
  zookeeper*) . "${BASH_SOURCE[0]%/*}/entrypoint-zookeeper.sh" ;;
  *) . "${BASH_SOURCE[0]%/*}/entrypoint-kafka.sh" ;;
esac

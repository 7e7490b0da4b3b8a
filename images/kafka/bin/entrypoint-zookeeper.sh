# Sourced by entrypoint.sh: one server of a ZooKeeper ensemble. The JVM decides with which members it starts, and its health endpoint answers the other servers.
# shellcheck shell=bash

for name in ZOOKEEPER_DATA_DIR ZOOKEEPER_ID_BASE KAFKA_CLUSTER_ID; do need "$name"; done
readonly MY_ID=$((ZOOKEEPER_ID_BASE + ORDINAL))
readonly DATA=$ZOOKEEPER_DATA_DIR/data

[[ -d $ZOOKEEPER_DATA_DIR ]] || die "the volume $ZOOKEEPER_DATA_DIR is not mounted"
mkdir -p "$DATA" 2>/dev/null && [[ -w $DATA ]] ||
  die "the volume $ZOOKEEPER_DATA_DIR cannot be written by user $(id -u): its directory must belong to that user or to group $(id -g)"
if [[ -f $DATA/myid && $(<"$DATA/myid") != "$MY_ID" ]]; then
  die "the volume $ZOOKEEPER_DATA_DIR holds data of ZooKeeper server $(<"$DATA/myid"), but this pod is server $MY_ID: volumes must go back to the pods that filled them"
fi

# The Kafka cluster that this volume belongs to: by its mark or, on an older volume without one, by the id that Kafka stored in ZooKeeper. Kafka has never used a
# volume with neither.
owner() {
  if [[ -f $DATA/cluster.id ]]; then
    cat "$DATA/cluster.id"
  elif [[ -d $DATA/version-2 ]]; then
    grep -rahoE '"version":"1","id":"[A-Za-z0-9_-]{22}"' "$DATA/version-2" | tail -n 1 | sed -E 's/.*"id":"([^"]+)"/\1/' || true
  fi
}
OWNER=$(owner)
if [[ -n $OWNER && $OWNER != "$KAFKA_CLUSTER_ID" ]]; then
  die "the volume $ZOOKEEPER_DATA_DIR holds the ZooKeeper data of the Kafka cluster '$OWNER', but this is cluster '$KAFKA_CLUSTER_ID': give the pod its own volume, or set the cluster id of the stack to '$OWNER'"
fi
echo "$KAFKA_CLUSTER_ID" >"$DATA/cluster.id"
echo "$MY_ID" >"$DATA/myid"
{
  cat "$CONFIG/zoo.cfg"
  echo "dataDir=$DATA"
} >"$RENDERED"
say "starting ZooKeeper server $MY_ID"
exec kafka-run-class.sh kafkastack.Main org.apache.zookeeper.server.quorum.QuorumPeerMain "$RENDERED"

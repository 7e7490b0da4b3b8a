# Sourced by entrypoint.sh: one server of a ZooKeeper ensemble. With which members it starts is decided in the JVM, whose health endpoint the other servers ask.
# shellcheck shell=bash

for name in ZOOKEEPER_DATA_DIR ZOOKEEPER_ID_BASE; do need "$name"; done
readonly MY_ID=$((ZOOKEEPER_ID_BASE + ORDINAL))
readonly DATA=$ZOOKEEPER_DATA_DIR/data

[[ -d $ZOOKEEPER_DATA_DIR ]] || die "the volume $ZOOKEEPER_DATA_DIR is not mounted"
mkdir -p "$DATA" 2>/dev/null && [[ -w $DATA ]] ||
  die "the volume $ZOOKEEPER_DATA_DIR cannot be written by user $(id -u): its directory must belong to that user or to group $(id -g)"
if [[ -f $DATA/myid && $(<"$DATA/myid") != "$MY_ID" ]]; then
  die "the volume $ZOOKEEPER_DATA_DIR holds data of ZooKeeper server $(<"$DATA/myid"), but this pod is server $MY_ID: volumes must go back to the pods that filled them"
fi
echo "$MY_ID" >"$DATA/myid"
{
  cat "$CONFIG/zoo.cfg"
  echo "dataDir=$DATA"
} >"$RENDERED"
say "starting ZooKeeper server $MY_ID"
exec kafka-run-class.sh kafkastack.Main org.apache.zookeeper.server.quorum.QuorumPeerMain "$RENDERED"

# Sourced by entrypoint.sh: a Kafka broker, controller, or both in one.
# shellcheck shell=bash

for name in KAFKA_CLUSTER_ID KAFKA_DATA_DIRS KAFKA_NODE_ID_BASE; do need "$name"; done
readonly NODE_ID=$((KAFKA_NODE_ID_BASE + ORDINAL))
KRAFT=yes
[[ ${KAFKA_MODE:-kraft} != zookeeper ]] || KRAFT=''
# The number of controllers. A file and not a variable, because a changed number must not restart the pods.
CONTROLLERS=$(cat "$CONFIG/controllers" 2>/dev/null || echo 0)
CONTROLLER_POOL=controller
[[ -z ${KAFKA_COMBINED:-} ]] || CONTROLLER_POOL=broker
readonly KRAFT CONTROLLERS CONTROLLER_POOL

roles() {
  if [[ $KAFKA_POOL == controller ]]; then echo controller
  elif ((ORDINAL < CONTROLLERS)) && [[ -n ${KAFKA_COMBINED:-} ]]; then echo broker,controller
  else echo broker; fi
}
ROLES=$(roles)
readonly ROLES

# The addresses of the servers of a pool, each by its own name.
# Usage: addresses POOL COUNT PORT [ORDINAL]   ORDINAL is left out
addresses() {
  local pool=$1 count=$2 port=$3 except=${4:-} ordinal list=()
  for ((ordinal = 0; ordinal < count; ordinal++)); do
    if [[ $ordinal != "$except" ]]; then list+=("$pool-$ordinal.$pool.$POD_NAMESPACE.svc:$port"); fi
  done
  local IFS=,
  echo "${list[*]}"
}

# The controllers' addresses, each by its own name: behind a common name, a server that has reached a controller without a leader would go on asking that one.
# The common name comes last, for controllers that are added while this server runs.
controller_addresses() {
  local each
  each=$(addresses "$CONTROLLER_POOL" "$CONTROLLERS" 9093)
  [[ $CONTROLLER_POOL == broker ]] || each+="${each:+,}$CONTROLLER_POOL.$POD_NAMESPACE.svc:9093"
  echo "$each"
}

# Adds the settings that differ between the pods of a pool.
render() {
  local listeners=() advertised=() dirs=() port
  if [[ $ROLES == *broker* ]]; then
    listeners+=(CLIENT://:9092 INTERNAL://:9095)
    advertised+=("CLIENT://$HOST:9092" "INTERNAL://$HOST:9095")
    # Only a stack whose users have passwords has this listener.
    if grep -q '^listener.security.protocol.map=.*,SCRAM:' "$CONFIG/server.properties"; then
      listeners+=(SCRAM://:9096)
      advertised+=("SCRAM://$HOST:9096")
    fi
    if [[ -n ${KAFKA_EXTERNAL_HOST:-} ]]; then
      port=$((KAFKA_EXTERNAL_PORT_BASE + ORDINAL))
      listeners+=(EXTERNAL://:9094)
      advertised+=("EXTERNAL://$KAFKA_EXTERNAL_HOST:$port")
    fi
  fi
  if [[ $ROLES == *controller* ]]; then
    listeners+=(CONTROLLER://:9093)
    advertised+=("CONTROLLER://$HOST:9093")
    # Makes a new controller a voter by itself; brokers refuse the setting, Kafka 3 ignores it. A retired controller stays in this pod until it is removed, and must not
    # become a voter again meanwhile.
    if [[ -e ${RENDERED%/*}/retired ]]; then printf '%s\n' controller.quorum.auto.join.enable=false health.retired=true
    else echo controller.quorum.auto.join.enable=true; fi
  fi
  local IFS=, dir
  for dir in $KAFKA_DATA_DIRS; do dirs+=("$dir/log"); done
  cat "$CONFIG/server.properties"
  # Only the health endpoint reads the settings health.…; Kafka ignores them.
  printf '%s\n' "listeners=${listeners[*]}" "advertised.listeners=${advertised[*]}" "log.dirs=${dirs[*]}" "health.bootstrap=$HOST:9092"
  # Whom a broker with an empty disk asks what it has lost.
  if [[ $ROLES == *broker* ]]; then
    echo "health.brokers=$(addresses broker "$(cat "$CONFIG/brokers" 2>/dev/null || echo 0)" 9092 "$ORDINAL")"
    [[ -z $KRAFT ]] || echo "health.controllers=$(addresses "$CONTROLLER_POOL" "$CONTROLLERS" 8080)"
  fi
  if [[ -n $KRAFT ]]; then printf '%s\n' "node.id=$NODE_ID" "process.roles=$ROLES" "controller.quorum.bootstrap.servers=$(controller_addresses)"
  else printf '%s\n' "broker.id=$NODE_ID"; fi
  # The init container wrote the zone of the node into this file.
  if [[ -n ${KAFKA_RACK_FILE:-} ]]; then echo "broker.rack=$(<"$KAFKA_RACK_FILE")"; fi
}

# Refuses a disk that this pod must not use; sets EMPTY to the number of empty ones.
inspect() {
  local IFS=, dir meta id node
  EMPTY=0
  for dir in $KAFKA_DATA_DIRS; do
    [[ -d $dir ]] || die "the volume $dir is not mounted"
    mkdir -p "$dir/log" 2>/dev/null && [[ -w $dir/log ]] ||
      die "the volume $dir cannot be written by user $(id -u): its directory must belong to that user or to group $(id -g)"
    meta=$dir/log/meta.properties
    if [[ ! -f $meta ]]; then
      EMPTY=$((EMPTY + 1))
      continue
    fi
    id=$(sed -n 's/^cluster\.id=//p' "$meta")
    node=$(sed -nE 's/^(node|broker)\.id=//p' "$meta")
    [[ $id == "$KAFKA_CLUSTER_ID" ]] ||
      die "the volume $dir holds data of the Kafka cluster '$id', but this is cluster '$KAFKA_CLUSTER_ID': give the pod its own volume, or set the cluster id of the stack to '$id'"
    [[ $node == "$NODE_ID" ]] ||
      die "the volume $dir holds data of node $node, but this pod is node $NODE_ID: volumes must go back to the pods that filled them"
    # Servers with ZooKeeper mark their disks with version 0, those with KRaft with version 1.
    if [[ -n $KRAFT ]] && grep -qx 'version=0' "$meta"; then
      die "the volume $dir was written with ZooKeeper, and a server with KRaft cannot use its data: set mode back to zookeeper; see docs/zookeeper-to-kraft.md"
    elif [[ -z $KRAFT ]] && grep -qx 'version=1' "$meta"; then
      die "the volume $dir was written with KRaft, and a server with ZooKeeper cannot use its data: set mode back to kraft; see docs/zookeeper-to-kraft.md"
    fi
  done
}

# Runs commands in one zookeeper-shell.sh; prints its output.
zookeeper() {
  local servers=$1
  shift
  printf '%s\n' "$@" quit | zookeeper-shell.sh "$servers" 2>&1 || true
}

# ZooKeeper stores the cluster id. The first broker with an empty disk writes the stack's id; Kafka would generate one.
name_cluster() {
  local servers answer id
  servers=$(sed -n 's/^zookeeper\.connect=//p' "$RENDERED")
  answer=$(zookeeper "$servers" "create /cluster" "create /cluster/id {\"version\":\"1\",\"id\":\"$KAFKA_CLUSTER_ID\"}" "get /cluster/id" "ls /brokers/topics")
  id=$(sed -nE 's/.*"id":"([^"]+)".*/\1/p' <<<"$answer" | tail -n 1)
  [[ -n $id ]] || die "ZooKeeper at $servers does not say which cluster this is: $(tail -n 1 <<<"$answer")"
  [[ $id == "$KAFKA_CLUSTER_ID" ]] ||
    die "ZooKeeper at $servers belongs to the Kafka cluster '$id', but this is cluster '$KAFKA_CLUSTER_ID': set the cluster id of the stack to '$id'"
  # An empty disk has lost nothing where there are no topics.
  if grep -qE '^\[\]$|Node does not exist: /brokers/topics' <<<"$answer"; then echo "health.topics=0" >>"$RENDERED"; fi
}

render >"$RENDERED"
inspect
# With KRaft, the server's JVM formats the disks, because its health endpoint must first report what they know.
if [[ -z $KRAFT ]] && ((EMPTY > 0)); then name_cluster; fi
say "starting node $NODE_ID ($ROLES)"
exec kafka-run-class.sh kafkastack.Main kafka.Kafka "$RENDERED"

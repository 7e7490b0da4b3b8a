# Sourced by entrypoint.sh: a Kafka broker, controller, or both in one.
# shellcheck shell=bash

for name in KAFKA_CLUSTER_ID KAFKA_DATA_DIRS KAFKA_NODE_ID_BASE; do need "$name"; done
readonly NODE_ID=$((KAFKA_NODE_ID_BASE + ORDINAL))
KRAFT=yes
[[ ${KAFKA_MODE:-kraft} != zookeeper ]] || KRAFT=''
# How many controllers the quorum has. A file and not a variable: a changed number must not restart the pods.
CONTROLLERS=$(cat "$CONFIG/controllers" 2>/dev/null || echo 0)
readonly KRAFT CONTROLLERS

roles() {
  if [[ $KAFKA_POOL == controller ]]; then echo controller
  elif ((ORDINAL < CONTROLLERS)) && [[ -n ${KAFKA_COMBINED:-} ]]; then echo broker,controller
  else echo broker; fi
}
ROLES=$(roles)
readonly ROLES

# Where the quorum is asked for. Each controller by its own name: behind one name for all, a server that has reached one without a leader would go on asking that one.
# The name for all comes last, for controllers that are added while this server runs.
controller_addresses() {
  local pool=controller ordinal addresses=()
  [[ -z ${KAFKA_COMBINED:-} ]] || pool=broker
  for ((ordinal = 0; ordinal < CONTROLLERS; ordinal++)); do addresses+=("$pool-$ordinal.$pool.$POD_NAMESPACE.svc:9093"); done
  [[ $pool == broker ]] || addresses+=("$pool.$POD_NAMESPACE.svc:9093")
  local IFS=,
  echo "${addresses[*]}"
}

# The part of the configuration that differs between the pods of a pool.
render() {
  local listeners=() advertised=() dirs=() port
  if [[ $ROLES == *broker* ]]; then
    listeners+=(CLIENT://:9092 INTERNAL://:9095)
    advertised+=("CLIENT://$HOST:9092" "INTERNAL://$HOST:9095")
    if [[ -n ${KAFKA_EXTERNAL_HOST:-} ]]; then
      port=$((KAFKA_EXTERNAL_PORT_BASE + ORDINAL))
      listeners+=(EXTERNAL://:9094)
      advertised+=("EXTERNAL://$KAFKA_EXTERNAL_HOST:$port")
    fi
  fi
  if [[ $ROLES == *controller* ]]; then
    listeners+=(CONTROLLER://:9093)
    advertised+=("CONTROLLER://$HOST:9093")
    # Refused by servers that are no controllers, ignored by Kafka 3: a new controller becomes a voter by itself. One that was told to retire stays in this pod
    # until it is taken away, and must not come back as a voter meanwhile.
    if [[ -e ${RENDERED%/*}/retired ]]; then printf '%s\n' controller.quorum.auto.join.enable=false health.retired=true
    else echo controller.quorum.auto.join.enable=true; fi
  fi
  # A server that is no controller stands for no election, and still sleeps no longer than until these are over: from then on it asks for a leader without a pause, which
  # takes half a core and more for as long as no controller answers. Kafka draws the first from once to twice this number, in 32 bits.
  if [[ -n $KRAFT && $ROLES == broker ]]; then
    printf '%s\n' controller.quorum.election.timeout.ms=1000000000 controller.quorum.fetch.timeout.ms=1000000000
  fi
  local IFS=, dir
  for dir in $KAFKA_DATA_DIRS; do dirs+=("$dir/log"); done
  cat "$CONFIG/server.properties"
  # The name of the health endpoint's own bootstrap server is read by it alone; Kafka ignores it.
  printf '%s\n' "listeners=${listeners[*]}" "advertised.listeners=${advertised[*]}" "log.dirs=${dirs[*]}" "health.bootstrap=$HOST:9092"
  if [[ -n $KRAFT ]]; then printf '%s\n' "node.id=$NODE_ID" "process.roles=$ROLES" "controller.quorum.bootstrap.servers=$(controller_addresses)"
  else printf '%s\n' "broker.id=$NODE_ID"; fi
  # An init container has asked for it.
  if [[ -n ${KAFKA_RACK_FILE:-} ]]; then echo "broker.rack=$(<"$KAFKA_RACK_FILE")"; fi
}

# Refuses a disk that this pod must not use; counts those that are still empty into EMPTY.
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
    # Version 0 is how servers with ZooKeeper mark a disk, version 1 how those with KRaft do.
    if [[ -n $KRAFT ]] && grep -qx 'version=0' "$meta"; then
      die "the volume $dir was written with ZooKeeper, and KRaft knows nothing of what it holds: set mode back to zookeeper; see docs/zookeeper-to-kraft.md"
    elif [[ -z $KRAFT ]] && grep -qx 'version=1' "$meta"; then
      die "the volume $dir was written with KRaft, and ZooKeeper knows nothing of what it holds: set mode back to kraft; see docs/zookeeper-to-kraft.md"
    fi
  done
}

# Runs commands of zookeeper-shell.sh in one go; prints what it answers.
zookeeper() {
  local servers=$1
  shift
  printf '%s\n' "$@" quit | zookeeper-shell.sh "$servers" 2>&1 || true
}

# A cluster with ZooKeeper has its id there. The first broker with an empty disk writes the stack's, where Kafka would make one up.
name_cluster() {
  local servers answer id
  servers=$(sed -n 's/^zookeeper\.connect=//p' "$RENDERED")
  answer=$(zookeeper "$servers" "create /cluster" "create /cluster/id {\"version\":\"1\",\"id\":\"$KAFKA_CLUSTER_ID\"}" "get /cluster/id")
  id=$(sed -nE 's/.*"id":"([^"]+)".*/\1/p' <<<"$answer" | tail -n 1)
  [[ -n $id ]] || die "ZooKeeper at $servers does not say which cluster this is: $(tail -n 1 <<<"$answer")"
  [[ $id == "$KAFKA_CLUSTER_ID" ]] ||
    die "ZooKeeper at $servers belongs to the Kafka cluster '$id', but this is cluster '$KAFKA_CLUSTER_ID': set the cluster id of the stack to '$id'"
}

render >"$RENDERED"
inspect
# With KRaft, disks are formatted by the JVM that becomes the server: its health endpoint must say what they know before.
if [[ -z $KRAFT ]] && ((EMPTY > 0)); then name_cluster; fi
say "starting node $NODE_ID ($ROLES)"
exec kafka-run-class.sh kafkastack.Main kafka.Kafka "$RENDERED"

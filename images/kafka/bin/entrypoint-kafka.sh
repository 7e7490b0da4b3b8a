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

# Refuses a disk that this pod must not use; counts those that are still empty into EMPTY and the others into FORMATTED.
inspect() {
  local IFS=, dir meta id node
  EMPTY=0 FORMATTED=0
  for dir in $KAFKA_DATA_DIRS; do
    [[ -d $dir ]] || die "the volume $dir is not mounted"
    mkdir -p "$dir/log" 2>/dev/null && [[ -w $dir/log ]] ||
      die "the volume $dir cannot be written by user $(id -u): its directory must belong to that user or to group $(id -g)"
    meta=$dir/log/meta.properties
    if [[ ! -f $meta ]]; then
      EMPTY=$((EMPTY + 1))
      continue
    fi
    FORMATTED=$((FORMATTED + 1))
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

# Which way an empty controller disk is formatted. Exactly one controller may found the quorum, once in the cluster's life: ordinal 0, and only after each other
# controller has answered that it knows of no quorum either. A controller that merely lost its disk hears of the quorum from its peers, and joins it. One that has
# data on another disk was in the cluster before, whatever its peers say. The answer is in FOUNDING.
choose_founding() {
  local peer known answer waiting=0
  FOUNDING=--no-initial-controllers
  if ((ORDINAL > 0 || FORMATTED > 0)); then return; fi
  while :; do
    known=0
    for ((peer = 1; peer < CONTROLLERS; peer++)); do
      if answer=$(peer-quorum.sh "$KAFKA_POOL-$peer.$KAFKA_POOL.$POD_NAMESPACE.svc" 2>/dev/null); then
        if [[ $answer != *$'\nepoch=0\n'* ]]; then
          say "controller $peer knows a quorum: joining it with an empty disk"
          return
        fi
        known=$((known + 1))
      fi
    done
    if ((known == CONTROLLERS - 1)); then
      say "no controller knows a quorum: founding it"
      FOUNDING=--standalone
      return
    fi
    if ((waiting++ % 20 == 0)); then
      say "waiting for $((CONTROLLERS - 1 - known)) of $((CONTROLLERS - 1)) other controllers: one of them may know a quorum that this empty disk must join"
    fi
    sleep 0.5
  done
}

format() {
  local flags=() metadata=${KAFKA_DATA_DIRS%%,*}
  if [[ $ROLES == *controller* && ! -f $metadata/log/meta.properties ]] && ((CONTROLLERS == 1 && FORMATTED > 0)); then
    die "the volume $metadata, which held the metadata of the only controller, is empty, while other volumes of node $NODE_ID hold data: restore it, or empty them all to begin anew"
  fi
  # Where the first voters are given by name and directory, as they are for Kafka 3, nobody founds the quorum: it is there as soon as a majority of them is.
  if [[ $ROLES == *controller* ]]; then
    if [[ -f $CONFIG/voters ]]; then
      flags+=(--initial-controllers "$(<"$CONFIG/voters")")
    else
      choose_founding
      flags+=("$FOUNDING")
    fi
  fi
  # Matters to who founds a quorum; a file, as the cluster's level changes without restarts.
  if [[ -f $CONFIG/metadata-version ]]; then flags+=(--release-version "$(<"$CONFIG/metadata-version")"); fi
  say "formatting the storage of node $NODE_ID ($ROLES)"
  kafka-storage.sh format --cluster-id "$KAFKA_CLUSTER_ID" --config "$RENDERED" --ignore-formatted "${flags[@]}" >&2
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
if ((EMPTY > 0)); then if [[ -n $KRAFT ]]; then format; else name_cluster; fi; fi
say "starting node $NODE_ID ($ROLES)"
exec kafka-run-class.sh kafkastack.Main kafka.Kafka "$RENDERED"

# Sourced by entrypoint-kafka.sh: keeps servers from starting in a phase of the migration from ZooKeeper to KRaft that their data is not for. A file `migration` in
# the ConfigMap says which phase it is, a mark on the first volume what the server has been through. See docs/design/zookeeper-migration.md.
# shellcheck shell=bash

PHASE=$(cat "$CONFIG/migration" 2>/dev/null || true)
readonly PHASE MARK=${KAFKA_DATA_DIRS%%,*}/migration SEE="see docs/design/zookeeper-migration.md"
# Kept in ZooKeeper: how often a migration began, counting those that were undone; and whether one was finished.
readonly ATTEMPT=/kafka-stack-attempt MIGRATED=/kafka-stack-migrated

# Runs commands of zookeeper-shell.sh in one go; prints what it answers.
zookeeper() {
  local servers=$1
  shift
  printf '%s\n' "$@" quit | zookeeper-shell.sh "$servers" 2>&1 || true
}

# Refuses a ZooKeeper whose cluster has moved to KRaft for good.
not_migrated() {
  local listing
  listing=$(grep -xE '\[.*\]' <<<"$1" | tail -n 1 || true)
  [[ -n $listing ]] || die "ZooKeeper at $SERVERS does not answer: $(tail -n 1 <<<"$1")"
  [[ $listing != *"${MIGRATED#/}"* ]] || die "the cluster has moved from ZooKeeper to KRaft, and there is no way back: set mode to kraft; $SEE"
}

# A controller beside ZooKeeper, in the attempt that is going on: metadata of one that was undone is of no use, and would stop this one.
controller_migrates() {
  local answer attempt marked='' dir
  answer=$(zookeeper "$SERVERS" "create $ATTEMPT 1" "get $ATTEMPT" "ls /")
  not_migrated "$answer"
  attempt=$(grep -xE '[0-9]+' <<<"$answer" | tail -n 1 || true)
  [[ -n $attempt ]] || die "ZooKeeper at $SERVERS does not answer: $(tail -n 1 <<<"$answer")"
  if ((FORMATTED)); then
    [[ -f $MARK ]] ||
      die "the volumes of node $NODE_ID hold the metadata of a cluster that did not come from ZooKeeper: empty them to migrate a cluster with ZooKeeper here; $SEE"
    read -r marked _ <"$MARK" || true
    if [[ $marked != "$attempt" ]]; then
      say "the volumes of node $NODE_ID hold the metadata of a migration that was undone: emptying them"
      for dir in ${KAFKA_DATA_DIRS//,/ }; do rm -rf "$dir/log" && mkdir "$dir/log"; done
      # shellcheck disable=SC2034 # entrypoint-kafka.sh formats what is empty.
      EMPTY=$FORMATTED FORMATTED=0
    fi
  fi
  echo "$attempt $SERVERS" >"$MARK"
}

# A controller that was beside ZooKeeper and shall go on without: only when no broker needs ZooKeeper any more.
controller_leaves_zookeeper() {
  local answer brokers servers
  command -v zookeeper-shell.sh >/dev/null ||
    die "the migration from ZooKeeper is not finished, and Kafka 4 cannot finish it: run mode kraft with Kafka 3.9 first; $SEE"
  servers=$(<"$MARK")
  servers=${servers#* }
  answer=$(zookeeper "$servers" "ls /brokers/ids")
  brokers=$(grep -xE '\[[0-9, ]*\]' <<<"$answer" | tail -n 1 || true)
  [[ -n $brokers ]] || die "ZooKeeper at $servers, which must tell whether brokers still need it, does not answer: $(tail -n 1 <<<"$answer")"
  [[ $brokers == "[]" ]] || die "the brokers $brokers still run with ZooKeeper: set mode to migration-brokers before kraft; $SEE"
  say "no broker runs with ZooKeeper any more: leaving it"
  zookeeper "$servers" "create $MIGRATED" >/dev/null
  rm "$MARK"
}

# A broker with KRaft on a disk that it wrote with ZooKeeper: only by way of the migration, for else nobody knows what the disk holds.
broker_with_kraft() {
  if [[ -n $PHASE ]]; then echo kraft >"$MARK"; fi
  if ((FORMATTED)) && grep -qx 'version=0' "${KAFKA_DATA_DIRS%%,*}/log/meta.properties" && [[ ! -f $MARK || $(<"$MARK") != kraft ]]; then
    die "the volumes of broker $NODE_ID were written with ZooKeeper, and KRaft knows nothing of what they hold: move the stack in phases, or set mode back to zookeeper; $SEE"
  fi
}

# A broker with ZooKeeper that has been part of a migration: back only as far as ZooKeeper has been kept up to date.
broker_with_zookeeper() {
  local answer
  if [[ -z $PHASE ]] && ((FORMATTED)) && grep -qx 'version=1' "${KAFKA_DATA_DIRS%%,*}/log/meta.properties"; then
    die "the volumes of broker $NODE_ID were written with KRaft, and there is no way from there to ZooKeeper: set mode to kraft; $SEE"
  fi
  if [[ -f $MARK ]]; then
    answer=$(zookeeper "$SERVERS" "get /migration" "ls /")
    not_migrated "$answer"
    if [[ -z $PHASE ]]; then
      [[ $(<"$MARK") != kraft ]] || die "broker $NODE_ID runs without ZooKeeper: set mode to migration-dual-write first, then to migration-undo; $SEE"
      # Where metadata was copied, a KRaft controller is in charge until that is undone.
      [[ $answer != *'"kraft_metadata_offset":'[0-9]* ]] || die "the KRaft controllers are in charge: set mode to migration-undo before zookeeper; $SEE"
      rm "$MARK"
    fi
  fi
  if [[ -n $PHASE ]]; then echo dual-write >"$MARK"; fi
}

check_migration() {
  local SERVERS
  SERVERS=$(sed -n 's/^zookeeper\.connect=//p' "$RENDERED")
  case $ROLES:${KRAFT:+kraft} in
    *broker*:kraft) broker_with_kraft ;;
    broker:) broker_with_zookeeper ;;
    controller:*) if [[ -n $PHASE ]]; then controller_migrates; elif [[ -f $MARK ]]; then controller_leaves_zookeeper; fi ;;
  esac
}

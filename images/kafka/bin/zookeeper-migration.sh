#!/usr/bin/env bash
# Steps of the migration from ZooKeeper to KRaft that no server takes by itself. See docs/design/zookeeper-migration.md.
# Usage: zookeeper-migration.sh copied ADDRESS         waits until the KRaft controllers have copied all metadata
#        zookeeper-migration.sh undoable ADDRESS ID... refuses unless all these brokers run with ZooKeeper
#        zookeeper-migration.sh undo ADDRESS           once the KRaft controllers are stopped: a broker becomes the controller again
set -euo pipefail

readonly PATIENCE=480
say() { printf 'kafka-stack: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
zookeeper() { printf '%s\n' "$@" quit | zookeeper-shell.sh "$ADDRESS" 2>&1 || true; }
# The one line of an answer that looks as wanted.
line() { grep -xE "$1" <<<"$2" | tail -n 1; }

(($# > 1)) || die "usage: ${0##*/} copied|undoable|undo ADDRESS [ID ...]"
readonly ACTION=$1 ADDRESS=$2
shift 2

copied() {
  local answer deadline=$((SECONDS + PATIENCE))
  while ((SECONDS < deadline)); do
    answer=$(zookeeper "get /migration")
    if [[ $answer == *'"kraft_metadata_offset":'[0-9]* ]]; then
      say "the metadata is copied, and written to both from now on"
      return
    fi
    sleep 2
  done
  die "the KRaft controllers have not copied the metadata; the log of the active controller says why: $(line '\{.*\}' "$answer" || tail -n 1 <<<"$answer")"
}

undoable() {
  local answer brokers id
  answer=$(zookeeper "ls /brokers/ids")
  brokers=$(line '\[[0-9, ]*\]' "$answer") || die "ZooKeeper at $ADDRESS does not answer: $(tail -n 1 <<<"$answer")"
  brokers=" ${brokers//[][,]/ } "
  for id; do
    [[ $brokers == *" $id "* ]] || die "broker $id does not run with ZooKeeper: set mode to migration-dual-write before migration-undo"
  done
  say "all brokers run with ZooKeeper"
}

undo() {
  local answer attempt
  answer=$(zookeeper "create /kafka-stack-attempt 1" "get /kafka-stack-attempt")
  attempt=$(line '[0-9]+' "$answer") || die "ZooKeeper at $ADDRESS does not answer: $(tail -n 1 <<<"$answer")"
  # In one go, for the cluster has no controller until the second is done.
  answer=$(zookeeper "set /kafka-stack-attempt $((attempt + 1))" "delete /migration" "delete /controller" "ls /")
  line '\[.*\]' "$answer" >/dev/null || die "ZooKeeper at $ADDRESS does not answer: $(tail -n 1 <<<"$answer")"
  [[ $(line '\[.*\]' "$answer") != *[\ \[]migration[],]* ]] || die "ZooKeeper still says that a migration is going on: $(tail -n 1 <<<"$answer")"
  say "the migration is undone: a broker is the controller"
}

case $ACTION in
  copied) copied ;;
  undoable) undoable "$@" ;;
  undo) undo ;;
  *) die "$ACTION is none of copied, undoable and undo" ;;
esac

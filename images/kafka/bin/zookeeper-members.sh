#!/usr/bin/env bash
# Brings the voting members of a running ZooKeeper ensemble to those listed, by ZooKeeper's own reconfiguration. `leave` takes out those that are not listed, before
# their pods stop; `settle` takes in those that are new as well, once their pods run.
# Usage: zookeeper-members.sh leave|settle ADDRESS server.N=HOST:2888:3888:participant;2181 ...
set -euo pipefail

readonly ATTEMPTS=60
said=''
# Says something once, however often it is tried.
say() {
  [[ $said == "$*" ]] || printf 'kafka-stack: %s\n' "$*" >&2
  said=$*
}
ask() { zookeeper-shell.sh "$ADDRESS" "$@" 2>&1; }

(($# > 2)) && [[ $1 == leave || $1 == settle ]] || { say "usage: ${0##*/} leave|settle ADDRESS server.N=... ..."; exit 2; }
readonly ACTION=$1 ADDRESS=$2
shift 2
declare -A listed=()
for server; do listed[${server%%=*}]=$server; done
readonly EARLIER=${KAFKA_STACK_CONFIG_DIR:-/etc/kafka}/members

# Servers that the stack had, by what its last update left, and that are not listed any more.
gone() {
  local line
  while IFS= read -r line; do
    if [[ $line == server.* && -z ${listed[${line%%=*}]:-} ]]; then printf '%s ' "${line%%=*}"; fi
  done <"$EARLIER"
}

# Makes one change towards the list; says what is still to be done in PENDING, which is empty at the goal.
step() {
  local config line key add=() remove=()
  local -A members=()
  if ! config=$(ask config); then
    PENDING="the ensemble does not answer"
    return
  fi
  while IFS= read -r line; do
    if [[ $line == server.*:participant* ]]; then members[${line%%=*}]=$line; fi
  done <<<"$config"
  for key in "${!members[@]}"; do if [[ -z ${listed[$key]:-} ]]; then remove+=("${key#server.}"); fi; done
  if [[ $ACTION == settle ]]; then
    for key in "${!listed[@]}"; do if [[ -z ${members[$key]:-} ]]; then add+=("${listed[$key]}"); fi; done
  fi
  PENDING=''
  local IFS=, change=()
  if ((${#add[@]})); then change+=(-add "${add[*]}"); fi
  if ((${#remove[@]})); then change+=(-remove "${remove[*]}"); fi
  ((${#change[@]})) || return 0
  say "taking in (${add[*]}), taking out (${remove[*]})"
  if ! config=$(ask reconfig "${change[@]}"); then PENDING="the ensemble refuses to change: $(tail -n 2 <<<"$config" | head -n 1)"; fi
}

# Whether there is an ensemble is not decided by whether it answers: an earlier update has left its list of members, or there was none.
leaving=''
if [[ $ACTION == leave ]]; then
  if [[ ! -e $EARLIER ]]; then
    say "this is the first start of the ensemble: nobody has to leave it"
    exit 0
  fi
  leaving=$(gone)
fi
for ((attempt = 0; attempt < ATTEMPTS; attempt++)); do
  step
  if [[ -z $PENDING ]]; then
    say "the members are as listed"
    exit 0
  fi
  # An ensemble that does not serve is not repaired by waiting here: its servers may need the very change that comes next. But none may go that still has a vote.
  if [[ $ACTION == leave && -z $leaving && attempt -ge 10 && $PENDING == *"not answer" ]]; then
    say "$PENDING, but nobody has to leave it"
    exit 0
  fi
  sleep 1
done
say "$PENDING${leaving:+: ${leaving}would go with their votes, and the others might be no majority; mend the ensemble first, or keep zookeeper.replicas as it was}"
exit 1

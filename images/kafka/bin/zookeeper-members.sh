#!/usr/bin/env bash
# Reconciles the voting members of a running ZooKeeper ensemble with the list, by ZooKeeper's own reconfiguration. `leave` removes members that are not listed, before
# their pods stop; `settle` also adds new ones, once their pods run.
# Usage: zookeeper-members.sh leave|settle ADDRESS server.N=HOST:2888:3888:participant;2181 ...
set -euo pipefail

readonly ATTEMPTS=60
said=''
# Logs a message, unless it repeats the previous one.
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

# Servers on the list of the last update that are not listed any more.
gone() {
  local line
  while IFS= read -r line; do
    if [[ $line == server.* && -z ${listed[${line%%=*}]:-} ]]; then printf '%s ' "${line%%=*}"; fi
  done <"$EARLIER"
}

# Makes one change towards the list. PENDING says what is still missing; it is empty when the members are as listed.
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
  say "adding (${add[*]}), removing (${remove[*]})"
  if ! config=$(ask reconfig "${change[@]}"); then PENDING="the ensemble refuses to change: $(tail -n 2 <<<"$config" | head -n 1)"; fi
}

# No answer does not mean that there is no ensemble. The list of members shows it: an earlier update left one, or there was none. No list does not mean that either: it may
# have been deleted, so the ensemble itself is asked.
leaving=''
if [[ $ACTION == leave ]]; then
  if [[ ! -e $EARLIER ]] && ! ask config >/dev/null; then
    say "this is the first start of the ensemble: nobody has to leave it"
    exit 0
  fi
  [[ ! -e $EARLIER ]] || leaving=$(gone)
fi
for ((attempt = 0; attempt < ATTEMPTS; attempt++)); do
  step
  if [[ -z $PENDING ]]; then
    say "the members are as listed"
    exit 0
  fi
  # Waiting does not repair an ensemble that does not serve: its servers may need the very change that comes next. But no server may go that still has a vote.
  if [[ $ACTION == leave && -z $leaving && attempt -ge 10 && $PENDING == *"not answer" ]]; then
    say "$PENDING, but nobody has to leave it"
    exit 0
  fi
  sleep 1
done
say "$PENDING${leaving:+: ${leaving}would go with their votes, and the others might be no majority; repair the ensemble first, or keep zookeeper.replicas as it was}"
exit 1

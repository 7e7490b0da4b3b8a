#!/usr/bin/env bash
# The metadata version: the level of features that all servers of a KRaft cluster agree on. It is raised after the binaries, and older binaries cannot read it from then on.
# Exit codes: 1 failed or refused; 2 bad usage.
# Usage: metadata-version.sh check ADDRESS VERSION  fails when a version of Kafka cannot read the cluster's metadata
#        metadata-version.sh raise ADDRESS RELEASE  brings the cluster to the features of a release
set -euo pipefail

say() { printf 'kafka-stack: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
readonly CONFIG=${KAFKA_STACK_CONFIG_DIR:-/etc/kafka}
features() { kafka-features.sh --bootstrap-server "$ADDRESS" "$@" 2>&1; }
# The cluster's level, named by this image's Kafka, which also knows the names of the next release's levels but cannot read these.
level() {
  local answer tries=1
  until answer=$(features describe); do
    if ((tries++ >= 3)); then
      tail -n 1 <<<"$answer"
      return 1
    fi
    sleep 1
  done
  sed -nE 's/^Feature: metadata\.version\s.*FinalizedVersionLevel:\s*(UNKNOWN|\S+).*/\1/p' <<<"$answer"
}

case "${1:-} $#" in
  "check 3" | "raise 3") readonly ACTION=$1 ADDRESS=$2 VERSION=$3 ;;
  *) say "usage: ${0##*/} check ADDRESS VERSION | raise ADDRESS RELEASE"; exit 2 ;;
esac

# No answer does not mean that there are no brokers. Their configuration shows it: an earlier update left one, or there was none.
if [[ $ACTION == check && ! -e $CONFIG/server.properties ]]; then
  say "this is the first start of the brokers, so there is nothing to check"
  exit 0
fi
if [[ $ACTION == check ]]; then
  if ! found=$(level); then
    earlier=$(cat "$CONFIG/version" 2>/dev/null || true)
    if [[ -n $earlier && $(printf '%s\n' "$earlier" "$VERSION" | sort -V | tail -n 1) == "$VERSION" ]]; then
      say "no broker says its metadata version ($found), but Kafka $VERSION is no older than $earlier, which they have, and reads it"
      exit 0
    fi
    die "no broker says its metadata version ($found), and Kafka $VERSION may be too old to read it: bring a broker up${earlier:+, or set kafka.version to $earlier or a later one}"
  fi
  # A release reads the levels of its own and all earlier releases: 4.2.1 reads 4.2-IV1.
  newest=$(printf '%s\n' "${found%%-*}" "${VERSION%.*}" | sort -V | tail -n 1)
  if [[ $found == UNKNOWN || $newest != "${VERSION%.*}" ]]; then
    say "the cluster's metadata version is $found, which Kafka $VERSION cannot read, and there is no way back: set kafka.version to that release or a later one"
    exit 1
  fi
  say "Kafka $VERSION reads the cluster's metadata version, $found"
else
  before=$(level) || die "the cluster does not say its metadata version: $before"
  answer=$(features upgrade --release-version "$VERSION") || die "the cluster refuses the metadata version $VERSION: $answer"
  say "the metadata version was $before and is $(level)"
fi

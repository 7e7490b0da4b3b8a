#!/usr/bin/env bash
# The metadata version: the level of features that all servers of a KRaft cluster agree on. It is raised after the binaries; older binaries cannot read it then.
# Usage: metadata-version.sh check ADDRESS          refuses when this image's Kafka cannot read the cluster's metadata
#        metadata-version.sh raise ADDRESS RELEASE  brings the cluster to the features of a release
set -euo pipefail

say() { printf 'kafka-stack: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
features() { kafka-features.sh --bootstrap-server "$ADDRESS" "$@" 2>&1; }
# The cluster's level as this image's Kafka names it.
level() {
  local answer
  answer=$(features describe) || die "the cluster does not say its metadata version: $(tail -n 1 <<<"$answer")"
  sed -nE 's/^Feature: metadata\.version\s.*FinalizedVersionLevel:\s*([^\t]+).*/\1/p' <<<"$answer"
}

case "${1:-} $#" in
  "check 2" | "raise 3") readonly ACTION=$1 ADDRESS=$2 RELEASE=${3:-} ;;
  *) say "usage: ${0##*/} check ADDRESS | raise ADDRESS RELEASE"; exit 2 ;;
esac

if [[ $ACTION == check ]]; then
  if ! getent hosts "${ADDRESS%%:*}" >/dev/null; then
    say "no broker runs yet, so there is nothing to check"
    exit 0
  fi
  found=$(level)
  [[ $found != UNKNOWN* ]] ||
    die "the cluster's metadata version has been raised beyond what this version of Kafka can read: set kafka.version to at least the release of kafka.metadataVersion"
  say "this version of Kafka reads the cluster's metadata version, $found"
else
  before=$(level)
  answer=$(features upgrade --release-version "$RELEASE") || die "the cluster refuses the metadata version $RELEASE: $answer"
  say "the metadata version was $before and is $(level)"
fi

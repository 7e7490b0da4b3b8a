#!/usr/bin/env bash
# Prints what the health endpoint of another server says of its quorum; fails when that server does not answer. Needs nothing but bash.
# Usage: peer-quorum.sh HOST [PORT]
set -euo pipefail
out=''
exec 3<>"/dev/tcp/$1/${2:-8080}"
printf 'GET /quorum HTTP/1.0\r\n\r\n' >&3
while IFS= read -r -t 2 line <&3; do out+=${line%$'\r'}$'\n'; done
[[ $out == *$'\nepoch='* ]]
printf '%s' "$out"

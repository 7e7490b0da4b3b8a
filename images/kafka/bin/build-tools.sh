#!/usr/bin/env bash
# At image build: writes the classpath, and links each tool's usual name. Kafka moves tools between packages, so the first class that this version has is
# used; `none` at the end marks a tool that not every version has.
set -euo pipefail
cd /opt/kafka
ls libs/*.jar | sed 's#^#/opt/kafka/#' | paste -sd: >classpath
for jar in libs/kafka*.jar; do jar --list --file "$jar"; done | sed 's#/#.#g; s#\.class$##' | sort -u >/tmp/classes
while read -r name candidates; do
  for class in $candidates; do
    if grep -qx "$class" /tmp/classes; then
      echo "$name $class" >>tools
      ln -s kafka-tool.sh "bin/$name"
      continue 2
    fi
  done
  [[ $candidates != *none ]] || continue
  echo "no class for $name among: $candidates" >&2
  exit 1
done <etc/tools.txt
rm /tmp/classes

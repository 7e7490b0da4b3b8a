#!/bin/sh
# Run by mmdebstrap on the new root: takes what a container never needs, and trusts what this machine trusts.
set -eu
root=$1 certificates=$2
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/*
mkdir -p "$root/usr/share/man/man1" # packages with alternatives (Java) fail without it
# Packages installed later leave theirs out too.
cat > "$root/etc/dpkg/dpkg.cfg.d/sandbox" <<CONFIG
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
CONFIG
# As in the public image of Debian: what apt fetched is not kept in layers.
cat > "$root/etc/apt/apt.conf.d/docker-clean" <<'CONFIG'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CONFIG
mkdir -p "$root/usr/local/share/ca-certificates"
find "$certificates" -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" ';'
rm -f "$root"/var/cache/apt/*.bin
chroot "$root" update-ca-certificates >/dev/null

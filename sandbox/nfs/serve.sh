#!/bin/sh
# Run inside the network namespace of a server, and ends by becoming the server. The mounts are this process's own: each server has the
# file system that one alone on its machine would have, with /export and with a /run for the one rpcbind that it needs.
set -eu
directory=$1 configuration=$2
ip link set lo up
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/export /run/ganesha /var/lib/nfs/ganesha
mount --bind "$directory/export" /mnt/export
mount --bind "$directory/state" /var/lib/nfs/ganesha
rpcbind
exec ganesha.nfsd -F -L STDOUT -f "$configuration" -p /run/ganesha/pid

#!/bin/sh
# Stands before mount(8) on a kubelet's PATH where the kernel has no NFS client: NFS goes to nfs-mount, everything else where it always went.
# The kubelet's call is `mount -t nfs [-o OPTIONS] SOURCE TARGET`; the options are for the kernel's client and have no meaning here.
if [ "$1 $2" = "-t nfs" ] || [ "$1 $2" = "-t nfs4" ]; then
  shift 2
  [ "$1" = -o ] && shift 2
  exec "$(dirname "$0")/nfs-mount" "$@"
fi
exec /bin/mount "$@"

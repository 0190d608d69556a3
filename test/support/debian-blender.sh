#!/bin/sh
# Makes the Blender of another Debian beside this machine's own, in a chroot of its own (root; 2 GB; two minutes):
#
#   debian-blender.sh FOLDER [SUITE]      SUITE: trixie unless said otherwise
#
# and prints the path of a program that runs it, to set $BLENDER to. It sees /tmp, the repository, the folder that
# it is started in and the folders that $DARKROOM_CHROOT_BINDS names (with : between them), at their own paths.
# A folder that is complete is used again.
set -eu

folder=$(mkdir -p "$1" && cd "$1" && pwd)
suite=${2:-trixie}
repository=$(cd "$(dirname "$0")/../.." && pwd -P)
program=$folder/blender-$suite
system=$folder/$suite

[ "$(id -u)" = 0 ] || { echo "debian-blender.sh: only root may make a chroot" >&2; exit 1; }
command -v debootstrap >/dev/null || {
  echo "debian-blender.sh: debootstrap is missing: apt-get install debootstrap" >&2
  exit 1
}

if [ ! -e "$system.complete" ]; then
  rm -rf --one-file-system "$system"
  debootstrap --variant=minbase "$suite" "$system" http://deb.debian.org/debian >&2
  # Nothing in there is to start a service, and there is nobody to be asked.
  printf '#!/bin/sh\nexit 101\n' > "$system/usr/sbin/policy-rc.d"
  chmod +x "$system/usr/sbin/policy-rc.d"
  DEBIAN_FRONTEND=noninteractive chroot "$system" apt-get install -y --no-install-recommends \
    blender python3-numpy libegl1 libgl1-mesa-dri xvfb xauth >&2
  chroot "$system" apt-get clean
  touch "$system.complete"
fi

# The mounts are in a namespace of the process's own: they are gone when it is.
cat > "$program" <<PROGRAM
#!/bin/sh
set -eu
if [ "\${DARKROOM_IN_NAMESPACE:-}" != yes ]; then
  DARKROOM_IN_NAMESPACE=yes exec unshare --mount --propagation private "\$0" "\$@"
fi
unset DARKROOM_IN_NAMESPACE
bind() {
  [ -d "\$1" ] || return 0
  mkdir -p "$system\$1"
  mount --rbind "\$1" "$system\$1"
}
for directory in /proc /dev /tmp "$repository" "\$(pwd -P)"; do bind "\$directory"; done
IFS=:
for directory in \${DARKROOM_CHROOT_BINDS:-}; do bind "\$directory"; done
exec chroot "$system" /usr/bin/blender "\$@"
PROGRAM
chmod +x "$program"
echo "$program"

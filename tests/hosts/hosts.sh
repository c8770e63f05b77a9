#!/usr/bin/env bash
# Several hosts on one machine: network namespaces, each with its own address, host name, /dev/shm and sshd. Root only.
#   hosts.sh up FOLDER [HOSTS]       hosts h1, h2, ...; FOLDER/hostfile names them, FOLDER/rsh is the ssh to reach them with
#   hosts.sh run FOLDER COMMAND...   on h1
#   hosts.sh cut FOLDER HOST         its link goes down
#   hosts.sh mute FOLDER HOST        its link stays up, but nothing comes through
#   hosts.sh join FOLDER HOST        both are over
#   hosts.sh left FOLDER NAME        processes with this program name on all hosts: "HOST PID" per line
#   hosts.sh down FOLDER             ends everything on the hosts and removes them
# Names are made from the number of the process that calls up (FOLDER/tag), so that two sets of hosts do not meet.
set -euo pipefail
command=${1:?up, run, cut, mute, join, left or down}
folder=${2:?a folder}

tag() { cat "$folder/tag"; }
bridge() { echo "qh$(tag)"; }
namespace() { echo "qh$(tag)-$1"; }
network() { echo "10.$((128 + $(tag) / 256 % 64)).$(($(tag) % 256))"; }
namespaces() { ip netns list | awk -v of="qh$(tag)-" 'index($1, of) == 1 { print $1 }'; }

# on HOST COMMAND...: in the host's namespaces.
on() {
  local host=$1
  shift
  exec ip netns exec "$(namespace "$host")" unshare --uts --mount sh -c '
    hostname "$1"; mount -t tmpfs -o size=512m tmpfs /dev/shm; mount --bind "$2" /etc/hosts; shift 2; exec "$@"' sh "$host" "$folder/hosts" "$@"
}

make_keys() {
  ssh-keygen -q -t ed25519 -N '' -f "$folder/user_key"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/host_key"
  cp "$folder/user_key.pub" "$folder/authorized"
  chmod 600 "$folder/authorized"
  printf '#!/bin/sh\nexec ssh -q -F none -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes "$@"\n' \
    "$folder/user_key" >"$folder/rsh"
  chmod 700 "$folder/rsh"
  mkdir -p /run/sshd  # sshd wants it to be there
}

add_host() {
  local host=$1 number=${1#h} name
  name=$(namespace "$host")
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip link set "$name" master "$(bridge)" up
  ip -n "$name" addr add "$(network).$number/24" dev eth0
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
  (on "$host" /usr/sbin/sshd -D -e -f /dev/null -o Port=22 -o "HostKey=$folder/host_key" -o "AuthorizedKeysFile=$folder/authorized" \
    -o StrictModes=no -o PermitRootLogin=yes -o PasswordAuthentication=no -o UsePAM=no -o PidFile=none) >"$folder/sshd.$host.log" 2>&1 </dev/null &
}

case $command in
  up)
    hosts=${3:-3}
    mkdir -p "$folder"
    chmod 700 "$folder"
    echo $(($$ % 16384)) >"$folder/tag"
    make_keys
    ip link add "$(bridge)" type bridge
    ip addr add "$(network).254/24" dev "$(bridge)"
    ip link set "$(bridge)" up
    echo "127.0.0.1 localhost" >"$folder/hosts"
    : >"$folder/hostfile"
    for number in $(seq "$hosts"); do
      echo "$(network).$number h$number" >>"$folder/hosts"
      echo "h$number slots=2" >>"$folder/hostfile"
    done
    for number in $(seq "$hosts"); do add_host "h$number"; done
    for number in $(seq "$hosts"); do
      for try in $(seq 100); do
        ! ip netns exec "$(namespace "h$number")" "$folder/rsh" "$(network).$number" true 2>/dev/null || continue 2
        sleep 0.1
      done
      echo "sshd of h$number does not answer (try $try): $(cat "$folder/sshd.h$number.log")" >&2
      exit 1
    done
    ;;
  run) shift 2; on h1 "$@" ;;
  cut) ip link set "$(namespace "${3:?a host}")" down ;;
  mute) ip link set "$(namespace "${3:?a host}")" nomaster ;;
  join) ip link set "$(namespace "${3:?a host}")" master "$(bridge)" up ;;
  left)
    for name in $(namespaces); do
      for pid in $(ip netns pids "$name"); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null || true)" != "${3:?a name}" ] || echo "${name##*-} $pid"
      done
    done
    ;;
  down)
    [ -f "$folder/tag" ] || exit 0
    for name in $(namespaces); do
      for pid in $(ip netns pids "$name" 2>/dev/null || true); do kill -KILL "$pid" 2>/dev/null || true; done
      ip link del "$name" 2>/dev/null || true
      ip netns del "$name" || true
    done
    ip link del "$(bridge)" 2>/dev/null || true
    ;;
  *) echo "hosts.sh: unknown command '$command'" >&2; exit 2 ;;
esac

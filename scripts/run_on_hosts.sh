#!/usr/bin/env bash
# Runs a job on several hosts without a batch system; ends within seconds when a host or its network is lost.
#   scripts/run_on_hosts.sh HOSTFILE JOB.yaml [--set key=value]... [--restart] [--overwrite]
# HOSTFILE: a line "NAME slots=RANKS" for each host. The hosts must be reached by ssh without a password, and program, job, input, output and
# work folder must have the same paths on all of them. The program is $QUERN, build/release/quern, or the one on PATH.
# Any Open MPI setting is taken from the environment: OMPI_MCA_btl_tcp_if_include=eth0 OMPI_MCA_oob_tcp_if_include=eth0 names the network.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/messages.sh"

case ${1:-} in -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
[ $# -ge 2 ] || { sed -n '3s/^# \{0,1\}/usage: /p' "$0" >&2; exit 2; }
hostfile=$1
shift
[ -r "$hostfile" ] || stop "run_on_hosts.sh: $hostfile cannot be read." "It has a line 'NAME slots=RANKS' for each host."
quern=${QUERN:-$here/../build/release/quern}
[ -x "$quern" ] || quern=$(command -v quern) || stop "run_on_hosts.sh: no program quern." "Set QUERN=/path/to/quern, the same on all hosts."

if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT="${OMPI_ALLOW_RUN_AS_ROOT-1}" OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="${OMPI_ALLOW_RUN_AS_ROOT_CONFIRM-1}"
fi
# With a host file Open MPI believes the slots, and lets waiting ranks poll at full speed even when cores are shared.
export OMPI_MCA_mpi_yield_when_idle="${OMPI_MCA_mpi_yield_when_idle-1}"

# By default a connection to a host that is gone is noticed after 8 minutes (300 s + 9 times 20 s); so after 6 seconds. On both ends: mpirun
# notices the lost host, and what runs there notices that mpirun is lost, and ends. The second that mpirun gives each rank between SIGTERM and
# SIGKILL would be for nothing: what is recorded is safe, and a rank that waits for a lost one cannot record more.
quick_end=(--mca oob_tcp_keepalive_time 3 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3 --mca odls_base_sigkill_timeout 0)

# ssh hands on no environment, mpirun only Open MPI's own.
exports=()
for name in ${!QUERN_@}; do exports+=(-x "$name"); done

# mpirun that has lost one host tells the others to end, and waits for their answer. If it cannot reach one of them either, because it is its
# own network that is gone, that would take the kernel's 15 minutes of trying. So its messages are read here, and it has 2 seconds.
messages=$(mktemp -d "${TMPDIR:-/tmp}/quern-hosts.XXXXXX")
trap 'rm -rf "$messages"' EXIT
mkfifo "$messages/stderr"
mpirun --hostfile "$hostfile" "${quick_end[@]}" ${exports[@]+"${exports[@]}"} "$quern" run "$@" 2>"$messages/stderr" <&0 &
mpirun=$!
for signal in USR1 TERM INT HUP; do
  # shellcheck disable=SC2064  # as they are now
  trap "kill -$signal $mpirun 2>/dev/null || true" "$signal"
done

end_by=
ended=no
exec 3<"$messages/stderr"
while :; do
  line=
  state=0
  IFS= read -r -t 0.5 line <&3 || state=$?
  if [ $state -eq 0 ]; then printf '%s\n' "$line" >&2; else printf '%s' "$line" >&2; fi
  case $line in *"lost communication with a remote daemon"*) end_by=$((SECONDS + 2)) ;; esac
  [ $state -ne 1 ] || break  # mpirun has closed it
  if [ $state -ne 0 ] && ! kill -0 "$mpirun" 2>/dev/null; then break; fi
  if [ -n "$end_by" ] && [ $SECONDS -ge "$end_by" ] && kill -0 "$mpirun" 2>/dev/null; then
    mapfile -t ranks_here < <(cat "/proc/$mpirun/task/"*/children 2>/dev/null | tr ' ' '\n' | sed '/^$/d')
    kill -KILL "${ranks_here[@]}" "$mpirun" 2>/dev/null || true
    ended=yes
    break
  fi
done

code=127
for _ in 1 2 3 4 5; do  # `wait` is left for each signal that is passed on
  now=0
  wait "$mpirun" 2>/dev/null || now=$?
  [ $now -eq 127 ] || code=$now
  kill -0 "$mpirun" 2>/dev/null || break
done
[ $ended = no ] || code=205
exit "$code"

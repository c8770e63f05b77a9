#!/usr/bin/env bash
# A private Slurm on one machine: munge, slurmctld, and a slurmd for each virtual node in a network, UTS and mount namespace of its own, so
# that every node has its own address, host name and /dev/shm, and MPI between nodes is real TCP. Root only; no systemd.
#   cluster.sh start FOLDER [NODES]    then: export SLURM_CONF=FOLDER/slurm.conf
#   cluster.sh kill FOLDER NODE        the node dies: its daemon and all processes in its network namespace
#   cluster.sh cut FOLDER NODE         its link goes down
#   cluster.sh join FOLDER NODE        up again: link and daemon
#   cluster.sh stop FOLDER             ends everything that start made, whatever state that is in
# Names are made from the number of the process that calls start (FOLDER/tag), so that two clusters do not meet.
set -euo pipefail
command=${1:?start, kill, cut, join or stop}
folder=${2:?a folder}
export SLURM_CONF=$folder/slurm.conf
cpus_per_node=4

tag() { cat "$folder/tag"; }
bridge() { echo "qs$(tag)"; }
namespace() { echo "qs$(tag)-$1"; }
network() { echo "10.$((64 + $(tag) / 256 % 64)).$(($(tag) % 256))"; }

# A process by number and start, so that a number given anew is never hit.
start_of() { awk '{ sub(/^.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null || true; }
remember() { echo "$2 $(start_of "$2")" >"$folder/pid/$1"; }
end() {
  local file=$folder/pid/$1 pid started try
  [ -f "$file" ] || return 0
  read -r pid started <"$file"
  rm -f "$file"
  if [ "$(start_of "$pid")" != "$started" ]; then return 0; fi
  kill -"${2:-TERM}" "$pid" 2>/dev/null || true
  for try in $(seq 100); do
    [ "$(start_of "$pid")" = "$started" ] || return 0
    [ "$try" != 60 ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
}

# Everything in a node's network namespace: the daemon, its step daemons, the ranks.
kill_node_processes() {
  local pid
  for pid in $(ip netns pids "$(namespace "$1")" 2>/dev/null || true); do kill -KILL "$pid" 2>/dev/null || true; done
}

start_node() {
  local node=$1
  mkdir -p "$folder/spool/$node" "$folder/tmp/$node"
  # slurmd stays the process that ip and unshare became, so that its number is the one remembered.
  ip netns exec "$(namespace "$node")" unshare --uts --mount sh -c "
    hostname $node; mount -t tmpfs -o size=512m tmpfs /dev/shm; mount --bind '$folder/hosts' /etc/hosts; exec slurmd -D -N $node" \
    >>"$folder/log/slurmd.$node.out" 2>&1 </dev/null &
  remember "slurmd-$node" $!
}

add_link() {
  local node=$1 number=${1#n} name
  name=$(namespace "$node")
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip link set "$name" master "$(bridge)" up
  ip -n "$name" addr add "$(network).$number/24" dev eth0
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
}

write_configuration() {
  local nodes=$1 controller number
  controller=$(hostname -s)
  {
    echo "127.0.0.1 localhost"
    echo "$(network).254 $controller"
    for number in $(seq "$nodes"); do echo "$(network).$number n$number"; done
  } >"$folder/hosts"
  cat >"$SLURM_CONF" <<END
ClusterName=quern$(tag)
SlurmctldHost=$controller($(network).254)
SlurmctldPort=6817
SlurmdPort=6818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
TmpFS=$folder/tmp/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,sched_min_interval=0
SwitchType=switch/none
MpiDefault=pmix
ReturnToService=2
KillWait=5
MessageTimeout=10
SlurmctldTimeout=30
SlurmdTimeout=${SLURMD_TIMEOUT:-20}
MinJobAge=600
JobRequeue=1
DefMemPerCPU=500
SlurmdParameters=config_overrides
PropagateResourceLimits=NONE
AccountingStorageType=accounting_storage/none
NodeName=n[1-$nodes] NodeAddr=$(network).[1-$nodes] CPUs=$cpus_per_node RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n[1-$nodes] Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
END
  # Debian's slurmd wants a cgroup plugin; with linuxproc and task/none it touches no group.
  printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$folder/cgroup.conf"
}

start_munge() {
  chmod 755 "$folder" "$folder/munge"
  head -c 1024 /dev/urandom >"$folder/munge/key"
  chmod 400 "$folder/munge/key"
  munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" --num-threads=2 >"$folder/log/munged.out" 2>&1 </dev/null &
  remember munged $!
  local try
  for try in $(seq 100); do [ ! -S "$folder/munge/socket" ] || return 0; sleep 0.1; done
  echo "munged did not start (try $try): $(cat "$folder/log/munged.out")" >&2
  return 1
}

case $command in
  start)
    nodes=${3:-3}
    mkdir -p "$folder"/{pid,log,state,spool,tmp,munge}
    echo $(($$ % 16384)) >"$folder/tag"
    write_configuration "$nodes"
    start_munge
    ip link add "$(bridge)" type bridge
    ip addr add "$(network).254/24" dev "$(bridge)"
    ip link set "$(bridge)" up
    slurmctld -D -i >"$folder/log/slurmctld.out" 2>&1 </dev/null &
    remember slurmctld $!
    for number in $(seq "$nodes"); do
      add_link "n$number"
      start_node "n$number"
    done
    for try in $(seq 150); do
      [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" -lt "$nodes" ] || exit 0
      sleep 0.2
    done
    echo "the nodes are not idle after 30 s (try $try):" >&2
    sinfo >&2 || true
    exit 1
    ;;
  kill)
    kill_node_processes "${3:?a node}"
    rm -f "$folder/pid/slurmd-$3"
    ;;
  cut) ip link set "$(namespace "${3:?a node}")" down ;;
  join)
    ip link set "$(namespace "${3:?a node}")" up
    [ -f "$folder/pid/slurmd-$3" ] || start_node "$3"
    ;;
  stop)
    [ -f "$folder/tag" ] || exit 0
    for file in "$folder"/pid/slurmd-*; do [ ! -e "$file" ] || end "$(basename "$file")" KILL; done
    for name in $(ip netns list | awk -v of="qs$(tag)-" 'index($1, of) == 1 { print $1 }'); do
      kill_node_processes "${name##*-}"
      ip link del "$name" 2>/dev/null || true
      ip netns del "$name" || true
    done
    end slurmctld KILL
    end munged
    ip link del "$(bridge)" 2>/dev/null || true
    ;;
  *) echo "cluster.sh: unknown command '$command'" >&2; exit 2 ;;
esac

#!/bin/bash
# Two virtual Slurm nodes on this machine, over loopback, without systemd, cgroups or slurmdbd.
#   slurm-cluster.sh up DIR     starts it; prints nothing but errors. SLURM_CONF is DIR/slurm.conf then
#   slurm-cluster.sh down DIR   ends it with all that it started
#   slurm-cluster.sh controller|node DIR [n1|n2]   starts a daemon again that a test has killed
# Needs root. Debian's packages slurm-wlm and munge are installed where they are missing.
set -eu
what=$1; dir=$(readlink -m "$2"); host=$(hostname -s)
export SLURM_CONF="$dir/slurm.conf"

daemons() { # the ids of the processes that were started for this folder
  cat "$dir"/run/*.pid "$dir/munge/pid" 2>/dev/null || true
}

start_node() { slurmd -N "$1" -f "$SLURM_CONF"; }

case $what in
  controller) slurmctld -f "$SLURM_CONF"; exit 0 ;;
  node) start_node "$3"; exit 0 ;;
  down)
    scancel --user=root 2>/dev/null || true
    for pid in $(daemons); do kill -TERM "$pid" 2>/dev/null || true; done
    sleep 1
    for pid in $(daemons); do kill -KILL "$pid" 2>/dev/null || true; done
    exit 0 ;;
  up) ;;
  *) echo "usage: slurm-cluster.sh up|down|controller|node DIR [NODE]" >&2; exit 2 ;;
esac

if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null || {
    echo "slurm-cluster.sh: Slurm is missing: apt-get install slurm-wlm munge" >&2
    exit 1
  }
fi

# The daemons resolve the machine's short name.
getent hosts "$host" >/dev/null || echo "127.0.0.1 $host" >> /etc/hosts
mkdir -p "$dir"/{state,run,log,munge,spool/n1,spool/n2}; chmod 755 "$dir"
(umask 077; head -c 128 /dev/urandom > "$dir/munge/key")
chown -R munge:munge "$dir/munge"; chmod 711 "$dir/munge"; chmod 400 "$dir/munge/key"
setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$dir/munge/key" \
  --socket="$dir/munge/sock" --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
# Without this, slurmd looks for mounted cgroups and gives up.
echo "CgroupPlugin=cgroup/v1" > "$dir/cgroup.conf"
# Character devices stand for GPUs.
printf 'NodeName=n1 Name=gpu File=/dev/tty0\nNodeName=n2 Name=gpu File=/dev/tty1\n' > "$dir/gres.conf"
cat > "$SLURM_CONF" <<C
ClusterName=darkroom
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/sock,cred_expire=5
SlurmctldPort=${SLURM_TEST_PORT:-26817}
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/ctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/ctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=100
MaxArraySize=101
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=3
SlurmctldTimeout=10
SlurmdTimeout=10
MessageTimeout=5
MinJobAge=300
GresTypes=gpu
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[27001-27002] CPUs=2 RealMemory=2000 Gres=gpu:1 State=UNKNOWN
PartitionName=low Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE State=UP
PartitionName=high Nodes=ALL MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF State=UP
C
slurmctld -f "$SLURM_CONF"
sleep 1
for node in n1 n2; do start_node $node; done
for _ in $(seq 30); do
  [ "$(sinfo -h -N -p low -o %T | grep -c '^idle$')" = 2 ] && exit 0
  sleep 1
done
echo "Slurm did not come up:" >&2; tail -n 5 "$dir"/log/*.log >&2; exit 1

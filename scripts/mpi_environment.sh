# shellcheck shell=bash
# Open MPI settings for ranks that share one small machine. Sourced before mpirun; a value that is already set wins.
# docs/install.md explains each one. On a cluster none of this is wanted: there Slurm places the ranks.

# mpirun refuses root unless told twice. In a container there is often no other user.
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT="${OMPI_ALLOW_RUN_AS_ROOT-1}"
  export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="${OMPI_ALLOW_RUN_AS_ROOT_CONFIRM-1}"
fi

# More ranks than cores is slower, not wrong; without this mpirun says "not enough slots".
export OMPI_MCA_rmaps_base_oversubscribe="${OMPI_MCA_rmaps_base_oversubscribe-1}"
# A rank that waits gives its core to one that works.
export OMPI_MCA_mpi_yield_when_idle="${OMPI_MCA_mpi_yield_when_idle-1}"
# Two mpirun at once would otherwise both bind their first rank to core 0.
export OMPI_MCA_hwloc_base_binding_policy="${OMPI_MCA_hwloc_base_binding_policy-none}"

# Container runtimes filter process_vm_readv; Open MPI then prints an error for every large message (and copies anyway).
if grep -qs '^Seccomp:[[:space:]]*[12]' /proc/self/status; then
  export OMPI_MCA_btl_vader_single_copy_mechanism="${OMPI_MCA_btl_vader_single_copy_mechanism-none}"
fi

# Shared-memory segments need a few MB for each rank; some containers give /dev/shm less, or none.
shm_free_kb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${shm_free_kb:-0}" -lt 32768 ] || [ ! -w /dev/shm ]; then
  export OMPI_MCA_btl_vader_backing_directory="${OMPI_MCA_btl_vader_backing_directory-/tmp}"
fi
unset shm_free_kb

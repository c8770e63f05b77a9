# slurm/quern.sbatch as a string of the program: `quern plan --slurm` prints it with other lines, wherever the program is installed.
# quern_batch_script(<target>)
function(quern_batch_script target)
  set(script "${PROJECT_SOURCE_DIR}/slurm/quern.sbatch")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${script}")
  file(READ "${script}" QUERN_BATCH_SCRIPT)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/batch_script.cpp.in" "${PROJECT_BINARY_DIR}/batch_script_text.cpp" @ONLY)
  target_sources(${target} PRIVATE "${PROJECT_BINARY_DIR}/batch_script_text.cpp")
endfunction()

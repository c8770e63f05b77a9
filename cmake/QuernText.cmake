# Files as strings of the program, which has them wherever it is installed.
# quern_text(<target> <name> <VARIABLE> <file> [<VARIABLE> <file>]...)    cmake/<name>.cpp.in stands around them
function(quern_text target name)
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest variable file)
    set(path "${PROJECT_SOURCE_DIR}/${file}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(READ "${path}" ${variable})
  endwhile()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.cpp.in" "${PROJECT_BINARY_DIR}/${name}.cpp" @ONLY)
  target_sources(${target} PRIVATE "${PROJECT_BINARY_DIR}/${name}.cpp")
endfunction()

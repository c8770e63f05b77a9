# What the program says of itself: manual page, completions of shells, JSON Schema of job files. They are made again with every build of it,
# into share/ of the build folder, which is installed below share/ of the prefix.
# quern_pages(<target of the program>)
function(quern_pages target)
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    message(STATUS "No manual page, completions and schema: the program cannot run on this machine")
    return()
  endif()
  set(share "${PROJECT_BINARY_DIR}/share")
  file(MAKE_DIRECTORY "${share}/man/man1" "${share}/bash-completion/completions" "${share}/zsh/vendor-completions" "${share}/fish/vendor_completions.d"
    "${share}/quern")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${target} manual > "${share}/man/man1/quern.1"
    COMMAND ${target} completion bash > "${share}/bash-completion/completions/quern"
    COMMAND ${target} completion zsh > "${share}/zsh/vendor-completions/_quern"
    COMMAND ${target} completion fish > "${share}/fish/vendor_completions.d/quern.fish"
    COMMAND ${target} schema > "${share}/quern/job.schema.json"
    COMMENT "Manual page, completions and schema"
    VERBATIM)
endfunction()

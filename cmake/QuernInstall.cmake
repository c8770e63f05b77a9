# `cmake --install`: the component `program` (program, job files, scripts, pages) and the component `library` (archive, headers, CMake package).
# A file that a build makes in its folder share/ (man page, shell completion, schema) is installed below share/ of the prefix as it lies there.
# Expects the targets `quern` (static library of all rooms) and `quern_program` (the program, OUTPUT_NAME quern).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(quern_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/quern")

# The package can only name targets that quernConfig.cmake finds again: everything the library links must be one of these.
get_target_property(quern_linked quern INTERFACE_LINK_LIBRARIES)
set(quern_found_again
  MPI::MPI_C MPI::MPI_CXX Boost::mpi Boost::serialization HDF5::HDF5 fmt::fmt spdlog::spdlog ICU::uc ICU::i18n simdjson::simdjson
  nlohmann_json::nlohmann_json yaml-cpp ZLIB::ZLIB OpenSSL::Crypto PkgConfig::ZSTD PkgConfig::XXHASH PkgConfig::ISAL PkgConfig::DEFLATE
  PkgConfig::FASTTEXT Cld2::cld2)
foreach(target IN LISTS quern_linked)
  if(NOT target IN_LIST quern_found_again)
    message(FATAL_ERROR "The library quern links ${target}, which cmake/quernConfig.cmake.in does not find. "
      "Add it there and in ${CMAKE_CURRENT_LIST_FILE}.")
  endif()
endforeach()

# Where MPI and HDF5 come from a cluster's modules, the installed program still finds them. The system's own need no path, and a package may
# have none.
set(quern_foreign ${HDF5_C_LIBRARIES} ${MPI_CXX_LIBRARIES})
list(FILTER quern_foreign EXCLUDE REGEX "^(/usr/lib/|/lib/|[^/])")
if(quern_foreign)
  set_target_properties(quern_program PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
endif()

install(TARGETS quern_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
install(TARGETS quern EXPORT quernTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/quern" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library FILES_MATCHING PATTERN "*.hpp")
install(EXPORT quernTargets NAMESPACE quern:: DESTINATION "${quern_package_dir}" COMPONENT library)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/quernConfig.cmake.in" "${PROJECT_BINARY_DIR}/quernConfig.cmake"
  INSTALL_DESTINATION "${quern_package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/quernConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/quernConfig.cmake" "${PROJECT_BINARY_DIR}/quernConfigVersion.cmake" "${CMAKE_CURRENT_LIST_DIR}/FindCld2.cmake"
  DESTINATION "${quern_package_dir}" COMPONENT library)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/jobs" "${PROJECT_SOURCE_DIR}/slurm" DESTINATION "${CMAKE_INSTALL_DATADIR}/quern"
  COMPONENT program FILES_MATCHING PATTERN "*.yaml" PATTERN "*.sbatch" PATTERN "*.txt")
install(FILES "${PROJECT_SOURCE_DIR}/scripts/mpi_environment.sh" "${PROJECT_SOURCE_DIR}/scripts/messages.sh" "${PROJECT_SOURCE_DIR}/scripts/quern.rules.yml"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/quern" COMPONENT program)
install(PROGRAMS "${PROJECT_SOURCE_DIR}/scripts/run_on_hosts.sh" DESTINATION "${CMAKE_INSTALL_DATADIR}/quern" COMPONENT program)
install(FILES "${PROJECT_SOURCE_DIR}/scripts/quern_reader.py" DESTINATION "${CMAKE_INSTALL_DATADIR}/quern" COMPONENT program OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program FILES_MATCHING PATTERN "*.md")
foreach(file IN ITEMS LICENSE LICENSE.md LICENSE.txt)
  install(FILES "${PROJECT_SOURCE_DIR}/${file}" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program OPTIONAL)
endforeach()
install(DIRECTORY "${PROJECT_BINARY_DIR}/share/" DESTINATION "${CMAKE_INSTALL_DATADIR}" COMPONENT program OPTIONAL)

# Debian packages (scripts/package.sh): `quern`, the program, and `libquern-dev`, the library with its headers.
set(QUERN_PACKAGE_MAINTAINER "quern maintainers <quern@localhost>" CACHE STRING "Who answers for the packages that this build makes")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME quern)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "${QUERN_PACKAGE_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program library)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# The modes of the archive are 755 and 644, whatever the umask of who builds it.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME quern)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS openmpi-bin)  # mpirun
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "python3-h5py, zstd, libquern-dev")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "raw text to training data for language models, over MPI
 Reads a corpus of web archives, HTML, JSON lines, tables or text; extracts and
 cleans it, tells languages, filters, masks personal data, removes exact and
 near duplicates over the whole corpus, tokenizes what is left, and writes one
 HDF5 file with a ledger of every record that went in. The same input and job
 give the same bytes on one rank and on a thousand.")

# What a program that links the archive needs is what quernConfig.cmake looks for.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libquern-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "g++, cmake, pkg-config, libopenmpi-dev, libboost-mpi-dev, libboost-serialization-dev, libhdf5-openmpi-dev, libzstd-dev, libisal-dev, libdeflate-dev, zlib1g-dev, libssl-dev, libxxhash-dev, libicu-dev, libfmt-dev, libspdlog-dev, libcld2-dev, libfasttext-dev, libsimdjson-dev, nlohmann-json3-dev, libyaml-cpp-dev")
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "raw text to training data for language models (library)
 The rooms of quern as a static library, with headers and a CMake package:
 find_package(quern), target quern::quern.")

# Debian wants these two files in each package, and the first one compressed.
find_program(QUERN_GZIP gzip)
if(QUERN_GZIP)
  foreach(name IN ITEMS quern libquern-dev)
    set(component program)
    if(name STREQUAL "libquern-dev")
      set(component library)
    endif()
    configure_file("${CMAKE_CURRENT_LIST_DIR}/changelog.in" "${PROJECT_BINARY_DIR}/debian/${name}/changelog" @ONLY)
    execute_process(COMMAND "${QUERN_GZIP}" -9nf "${PROJECT_BINARY_DIR}/debian/${name}/changelog" COMMAND_ERROR_IS_FATAL ANY)
    install(FILES "${PROJECT_BINARY_DIR}/debian/${name}/changelog.gz" "${CMAKE_CURRENT_LIST_DIR}/copyright"
      DESTINATION "share/doc/${name}" COMPONENT ${component})
  endforeach()
endif()
include(CPack)

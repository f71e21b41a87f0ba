# Every dependency comes from Debian 12 packages; ./dev installs them.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(EXPAT REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(libidn2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(icu-uc REQUIRED IMPORTED_TARGET icu-uc)

# libphonenumber ships no CMake package in Debian.
find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h REQUIRED)
add_library(phonenumber::phonenumber UNKNOWN IMPORTED)
set_target_properties(
  phonenumber::phonenumber
  PROPERTIES IMPORTED_LOCATION "${PHONENUMBER_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                        "${PHONENUMBER_INCLUDE_DIR}")

if(DNC_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  include(GoogleTest)
endif()
if(DNC_BUILD_BENCH)
  find_package(benchmark CONFIG REQUIRED)
endif()

# dnc_library(NAME SOURCES a.cc … [DEPS t …]): a static library of one folder.
function(dnc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE dnc_options)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
endfunction()

# dnc_executable(NAME SOURCES a.cc … [DEPS t …]): a program, placed in <build>/bin.
function(dnc_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} dnc_options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  dnc_add_tsan(${name})
  # Sanitizers bring their own allocator. docs/adr/0034-process-settings.md
  if(NOT DNC_SANITIZE)
    target_link_libraries(${name} PRIVATE PkgConfig::jemalloc)
  endif()
endfunction()

# dnc_test(NAME SOURCES a.cc … [DEPS t …] [TIMEOUT s] [LABELS l …] [SINGLE]): a GoogleTest program
# whose cases ctest lists one by one, or as one entry where SINGLE is given (a costly fixture).
function(dnc_test name)
  cmake_parse_arguments(ARG "SINGLE" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} dnc_options GTest::gmock GTest::gtest_main)
  # Tests read the same large headers: a few units of several sources each build much faster.
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  dnc_add_tsan(${name})
  target_compile_definitions(
    ${name}
    PRIVATE DNC_SHARED_DATA_DIR="${PROJECT_SOURCE_DIR}/../shared/data"
            DNC_SOURCE_DIR="${PROJECT_SOURCE_DIR}" DNC_BIN_DIR="${PROJECT_BINARY_DIR}/bin")
  if(ARG_SINGLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  else()
    gtest_discover_tests(
      ${name}
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  endif()
endfunction()

# Installs the client library to a scratch prefix, builds the example against it with
# find_package(dnc), and runs it without a gateway, which must say "do not call". Usage:
#
#   cmake -DBUILD_DIR=… -DSOURCE_DIR=… -DWORK_DIR=… -DCXX_COMPILER=… [-DCXX_FLAGS=…]
#         -P build_installed_example.cmake
#
# BUILD_DIR: the project's build tree, with dnc_client built. SOURCE_DIR: the project's root.
# WORK_DIR: a scratch directory, emptied first.
foreach(variable BUILD_DIR SOURCE_DIR WORK_DIR CXX_COMPILER)
  if(NOT ${variable})
    message(FATAL_ERROR "${variable} is not set; pass -D${variable}=…")
  endif()
endforeach()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --component client --prefix "${WORK_DIR}/prefix")
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}/client/example" -B "${WORK_DIR}/build"
    "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}"
    "-DCMAKE_CXX_FLAGS=${CXX_FLAGS} -Wall -Wextra -Werror")
run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")

# Port 1 has no gateway: the answer is UNKNOWN, so the example must end with "do not call".
execute_process(
  COMMAND "${WORK_DIR}/build/may_i_call" acme +12125550123 127.0.0.1:1
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output)
if(NOT result EQUAL 1 OR NOT output MATCHES "^UNKNOWN: ")
  message(FATAL_ERROR "the example ended with ${result} and said: ${output}")
endif()

# Compiler options that every target of the project shares.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(dnc_options INTERFACE)
target_include_directories(dnc_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(dnc_options INTERFACE -Wall -Wextra -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies in std::string's operator+ at -O2 (GCC bug 105651).
  target_compile_options(dnc_options INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(dnc_options INTERFACE -Wthread-safety)
endif()

if(DNC_SANITIZE)
  add_compile_options(-fsanitize=${DNC_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DNC_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's manual (-fsanitize) warns of its false positives in instrumented code.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()

# Debian's Abseil and gRPC are not instrumented: these files tell ThreadSanitizer what their locks
# and hand-overs order.
if(DNC_SANITIZE STREQUAL "thread")
  # Protobuf's maps have one member more where this macro is defined, and Debian's library has not.
  add_compile_options(-U__SANITIZE_THREAD__)
  add_library(dnc_tsan OBJECT "${PROJECT_SOURCE_DIR}/scripts/tsan/absl_mutex.cc"
                              "${PROJECT_SOURCE_DIR}/scripts/tsan/absl_notification.cc"
                              "${PROJECT_SOURCE_DIR}/scripts/tsan/grpc_calls.cc")
  target_include_directories(dnc_tsan PRIVATE "${PROJECT_SOURCE_DIR}")
endif()

# dnc_add_tsan(TARGET): links them into a program.
function(dnc_add_tsan name)
  if(TARGET dnc_tsan)
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:dnc_tsan>)
    target_link_libraries(${name} PRIVATE ${CMAKE_DL_LIBS})
  endif()
endfunction()

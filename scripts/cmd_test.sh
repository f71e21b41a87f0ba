#!/usr/bin/env bash
#: build and run every test through ctest
#:
#: usage: ./dev test [--preset dev|asan|tsan] [--target T]… [ctest arguments…]
#:
#:   --preset P   dev (default), asan (addresses, leaks, undefined behaviour) or tsan (data races)
#:   --target T   build only this test program (and what it needs); repeatable. Pick its tests with -R
#:                or -L: those of programs that are not built fail.
#:
#: Everything else goes to ctest: -R REGEX picks tests by name, -L REGEX by label, -N only lists.
#:
#: Tests that lack something of the machine are skipped, and named with the reason at the end: those
#: of a full disk where nothing can be mounted, those of the large real input where it does not lie
#: beside the clone (../shared/data), those of zsh and fish without these shells. With CI=true or
#: DNC_REQUIRE_ALL_TESTS=1 the tests of a full disk fail instead.
#:
#: examples:
#:   ./dev test
#:   ./dev test -R Phone -V
#:   ./dev test --preset tsan --target gateway_concurrency_test -L concurrency
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

preset=dev
declare -a ctest_args=()
declare -a targets=()
while [ $# -gt 0 ]; do
  case "$1" in
    --preset)
      need_value "$1" $#
      preset="$2"
      shift 2
      ;;
    --preset=*)
      preset="${1#*=}"
      shift
      ;;
    --target)
      need_value "$1" $#
      targets+=("$2")
      shift 2
      ;;
    --target=*)
      targets+=("${1#*=}")
      shift
      ;;
    *)
      ctest_args+=("$1")
      shift
      ;;
  esac
done
case "$preset" in
  dev | asan | tsan) ;;
  *) usage_error "--preset is dev, asan or tsan, not '$preset'" ;;
esac

ensure_packages build test
build "$preset" "${targets[@]}"

# Debian's libraries are not built for ThreadSanitizer; scripts/tsan/ tells it what they order, and
# what they do inside says nothing about this project.
export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1 second_deadlock_stack=1 \
ignore_noninstrumented_modules=1 suppressions=$DNC_ROOT/scripts/tsan/suppressions.txt}"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1 check_initialization_order=1}"
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$DNC_ROOT/scripts/lsan.supp print_suppressions=0}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
say "ctest, preset $preset"
readonly JUNIT="$DNC_ROOT/build/$preset/ctest.xml"
rm -f "$JUNIT"
status=0
ctest --test-dir "$DNC_ROOT/build/$preset" --output-on-failure --no-tests=error \
  --parallel "$DNC_JOBS" --output-junit "$JUNIT" "${ctest_args[@]}" || status=$?
[ ! -f "$JUNIT" ] || python3 "$DNC_ROOT/scripts/skipped_tests.py" "$JUNIT" ||
  warn "cannot say which tests were skipped: see above"
exit "$status"

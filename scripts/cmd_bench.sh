#!/usr/bin/env bash
#: measure: micro benchmarks, and the gateway beside an empty gRPC echo
#:
#: usage: ./dev bench [--quick] [--strict] [--build-only]
#:
#: Prints one table and writes build/bench/results.json, a list of {name, value, unit, target, met}.
#: bench/README.md says how to read it. Takes about five minutes after the build; nothing else should
#: run on the machine.
#:
#:   --quick        short rounds: about a minute and a half, and rougher figures
#:   --strict       exit status 1 where a target is missed
#:   --build-only   build the benchmarks and measure nothing
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

build_only=
declare -a load_args=() micro_args=(--benchmark_min_time=0.5) merge_args=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick)
      load_args=(--quick)
      # Building the 250 million numbers of `national` alone takes half a minute.
      micro_args=(--benchmark_min_time=0.05 --benchmark_filter=-/national)
      ;;
    --strict) merge_args=(--strict) ;;
    --build-only) build_only=1 ;;
    *) usage_error "bench takes --quick, --strict and --build-only, not '$1'" ;;
  esac
  shift
done

ensure_packages build
build release dncd dnc_bench
[ -z "$build_only" ] || exit 0

readonly BIN="$DNC_ROOT/build/release/bin" OUT="$DNC_ROOT/build/bench"
rm -rf "$OUT"
mkdir -p "$OUT/micro"
for program in "$BIN"/*_benchmark; do
  name="$(basename "$program")"
  say "micro benchmark: $name"
  # In $OUT, because lookup_benchmark puts a store into its working directory.
  (cd "$OUT" && "$program" "${micro_args[@]}" --benchmark_out="$OUT/micro/$name.json" \
    --benchmark_out_format=json)
done
say "load: dncd beside an empty gRPC echo"
"$BIN/dnc_loadgen" --dncd "$BIN/dncd" --echo-server "$BIN/dnc_echo_server" --work-dir "$OUT" \
  --json "$OUT/load.json" "${load_args[@]}"
say "results"
exec python3 "$DNC_ROOT/bench/merge_results.py" --out "$OUT/results.json" "${merge_args[@]}" \
  "$OUT/load.json" "$OUT"/micro/*.json

#!/usr/bin/env bash
#: measure: the gateway beside an empty gRPC echo, Redis and PostgreSQL; micro benchmarks
#:
#: usage: ./dev bench [--quick|--full|--at-size] [--only NAME[,NAME…]] [--registry N] [--strict]
#:                    [--loaded DIR] [--curves] [--smoke] [--build-only] [--instructions BASE [HEAD]]
#:
#: Prints one table and writes build/bench/results.json, a list of {name, value, unit, target, met,
#: note}. bench/README.md says how to read it. Nothing else should run on the machine.
#:
#:   --full         a registry of 250 million numbers and two million leads: what is run without it
#:   --at-size      the same with 20 million leads and 50 million entries, which take most of an hour
#:                  to load, and 8 GB of memory
#:   --quick        a registry of 10 million, short rounds, and rougher figures
#:   --only NAMES   only these, by commas: micro, peers, checks, singles, filter, actions, mixed,
#:                  reports, start; the registry is imported all the same, for those that need it
#:   --registry N   another size of the registry; 0 for none
#:   --loaded DIR   what a run with the same sizes has loaded and left there, instead of loading it;
#:                  where there is no such folder, this run leaves it there
#:   --strict       exit status 1 where a target is missed or was not measured
#:   --curves       instead of all that: cost by the size of the registry, into docs/img
#:   --smoke        whether the benchmarks work: most of them for an instant; the figures say nothing
#:   --build-only   build the benchmarks and measure nothing
#:   --instructions BASE [HEAD]
#:                  instead of all that: instructions of the check path in two revisions, counted by
#:                  callgrind (without HEAD: in the working tree). Fails where they are 2 % more; needs
#:                  valgrind, and nothing of the machine's time
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

build_only='' loaded='' curves='' quick='' registry=250000000 more_leads=1900000 more_entries=0
only=micro,peers,checks,singles,filter,actions,mixed,reports,start
declare -a instructions=() load_args=() micro_args=(--benchmark_min_time=0.5) merge_args=()
while [ $# -gt 0 ]; do
  case "$1" in
    --full) ;;
    --at-size)
      more_leads=19900000 more_entries=49700000
      load_args=(--block-cache-mib 512)
      ;;
    --quick)
      quick=1 registry=10000000 more_leads=0 more_entries=0
      load_args=(--quick)
      # Building the 250 million numbers of `national` alone takes half a minute.
      micro_args=(--benchmark_min_time=0.05 --benchmark_filter=-/national)
      ;;
    --only)
      need_value "$1" $#
      only="$2"
      shift
      ;;
    --registry)
      need_value "$1" $#
      [ "$2" = 0 ] || need_count "$1" "$2"
      registry="$2"
      shift
      ;;
    --smoke)
      only=peers,checks,singles,filter,mixed,start registry=100000 more_leads=0 more_entries=0
      load_args=(--quick --rounds 2 --seconds 0.3 --any-work-dir)
      ;;
    --loaded)
      need_value "$1" $#
      loaded="$(realpath -m -- "$2")"
      shift
      ;;
    --strict) merge_args=(--strict) ;;
    --curves) curves=1 ;;
    --build-only) build_only=1 ;;
    --instructions)
      need_value "$1" $#
      instructions=(--base "$2")
      if [[ $# -ge 3 && "$3" != --* ]]; then
        instructions+=(--head "$3")
        shift
      fi
      shift
      ;;
    *) usage_error "bench takes --quick, --full, --at-size, --only, --registry, --loaded, --strict," \
      "--curves, --smoke, --build-only and --instructions, not '$1'" ;;
  esac
  shift
done
[ -z "$loaded" ] || load_args+=(--loaded-store "$loaded")

ensure_packages build
(ensure_packages bench) || warn "not all packages of scripts/packages-bench.txt are here: what needs" \
  "them is not measured, or not built"
if [ "${#instructions[@]}" -gt 0 ]; then
  python3 "$DNC_ROOT/bench/compare_instructions.py" --root "$DNC_ROOT" \
    --work-dir "$DNC_ROOT/build/instructions" "${instructions[@]}"
  exit
fi
build release dncd dncctl dnc_bench
[ -z "$build_only" ] || exit 0

readonly BIN="$DNC_ROOT/build/release/bin" OUT="$DNC_ROOT/build/bench"
rm -rf "$OUT"
mkdir -p "$OUT/micro"
# What a benchmark that was stopped leaves behind; its servers end with it.
trap 'rm -rf "$OUT"/data-*' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$curves" ]; then
  python3 "$DNC_ROOT/bench/measure_curves.py" --bin "$BIN" --work-dir "$OUT" \
    --out "$DNC_ROOT/docs/img/curves.json" ${quick:+--quick}
  python3 "$DNC_ROOT/bench/plot_curves.py" "$DNC_ROOT/docs/img/curves.json" "$DNC_ROOT/docs/img"
  exit
fi

# wanted NAME: whether it is among those of --only.
wanted() { [[ ",$only," == *",$1,"* ]]; }

declare -a scenarios=() results=()
IFS=, read -ra names <<<"$only"
for name in "${names[@]}"; do
  [ "$name" = micro ] || scenarios+=("$name")
done
if wanted micro; then
  for program in "$BIN"/*_benchmark; do
    name="$(basename "$program")"
    say "micro benchmark: $name"
    # In $OUT, because lookup_benchmark puts a store into its working directory.
    (cd "$OUT" && "$program" "${micro_args[@]}" --benchmark_out="$OUT/micro/$name.json" \
      --benchmark_out_format=json)
    results+=("$OUT/micro/$name.json")
  done
fi
if [ "${#scenarios[@]}" -gt 0 ]; then
  say "load: dncd beside an empty gRPC echo, Redis and PostgreSQL"
  "$BIN/dnc_loadgen" --dncd "$BIN/dncd" --echo-server "$BIN/dnc_echo_server" --work-dir "$OUT" \
    --json "$OUT/load.json" --registry "$registry" --more-leads "$more_leads" \
    --more-entries "$more_entries" "${load_args[@]}" --only "${scenarios[@]}"
  results=("$OUT/load.json" "${results[@]}")
fi
say "results"
python3 "$DNC_ROOT/bench/merge_results.py" --out "$OUT/results.json" "${merge_args[@]}" \
  "${results[@]}"

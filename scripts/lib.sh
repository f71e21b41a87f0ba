# shellcheck shell=bash
# What the scripts behind ./dev share. Sourced, not run.

DNC_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
DNC_JOBS="$(nproc 2>/dev/null || echo 2)"
DNC_CACHE="${XDG_CACHE_HOME:-${HOME:-$DNC_ROOT/build}/.cache}/dncd"
readonly DNC_ROOT DNC_JOBS
# Tools and results that outlive a clone.
# shellcheck disable=SC2034  # for those who source this file
readonly DNC_CACHE

# Exit statuses of ./dev, as `./dev --help` lists them.
readonly EXIT_USAGE=2
# shellcheck disable=SC2034  # for those who source this file
readonly EXIT_MISSING=3

# ccache shares its results between clones of the repository.
export CCACHE_BASEDIR="$DNC_ROOT" CCACHE_NOHASHDIR=1

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die STATUS MESSAGE…: ends the script.
die() {
  local status="$1"
  shift
  printf 'error: %s\n' "$*" >&2
  exit "$status"
}

usage_error() { die "$EXIT_USAGE" "$*"; }

# need_value OPTION COUNT: dies unless an option is followed by its value ($# as COUNT).
need_value() { [ "$2" -ge 2 ] || usage_error "$1 needs a value"; }

# need_count OPTION VALUE: dies unless VALUE is a whole number above zero.
need_count() { [[ "$2" =~ ^[1-9][0-9]{0,8}$ ]] || usage_error "$1 takes a number above 0, not '$2'"; }

# listed_files ARRAY [PATTERN…]: fills ARRAY with the files that git knows or would add and that are
# there. Dies where git cannot list them, or lists none: a check of nothing must not pass.
listed_files() {
  # shellcheck disable=SC2178  # a reference to the caller's array
  local -n listed="$1"
  shift
  local list file
  list="$(mktemp)"
  git -C "$DNC_ROOT" ls-files -z --cached --others --exclude-standard -- "$@" >"$list" || {
    rm -f "$list"
    die 1 "git cannot list the files of $DNC_ROOT (see its message above). This needs a clone" \
      "that git trusts, not an unpacked archive."
  }
  listed=()
  while IFS= read -r -d '' file; do
    [ ! -f "$DNC_ROOT/$file" ] || listed+=("$file")
  done <"$list"
  rm -f "$list"
  [ "${#listed[@]}" -gt 0 ] || die 1 "git lists no files${*:+ like $*} in $DNC_ROOT"
}

# configure PRESET: shows CMake's output only where it fails.
configure() {
  local log
  log="$(log_file "configure-$1")"
  (cd "$DNC_ROOT" && cmake --preset "$1") >"$log" 2>&1 && return
  cat "$log" >&2
  echo "error: cmake --preset $1 failed" >&2
  return 1
}

# build PRESET [TARGET…]: configures and builds.
build() {
  local preset="$1"
  shift
  say "configure and build: preset $preset${*:+, targets $*}"
  configure "$preset" || return
  cmake --build "$DNC_ROOT/build/$preset" -j "$DNC_JOBS" ${1:+--target "$@"}
}

# log_file NAME: where the output NAME of a step is kept.
log_file() {
  mkdir -p "$DNC_ROOT/build/logs"
  printf '%s/build/logs/%s.log' "$DNC_ROOT" "$1"
}

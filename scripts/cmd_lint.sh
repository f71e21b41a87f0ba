#!/usr/bin/env bash
#: check format, clang-tidy, thread safety, include directions, protos, scripts
#:
#: usage: ./dev lint [STEP…]
#:
#: Steps, all of them by default, in this order:
#:   fmt        clang-format would change nothing
#:   includes   dependencies point one way (scripts/check_includes.py)
#:   tree       file names, header guards, line ends, no paths or hosts of one machine
#:   shell      shellcheck
#:   proto      buf lint, STANDARD and COMMENTS
#:   tidy       Clang with -Wthread-safety, and clang-tidy with .clang-tidy
#:
#: A step whose tool is missing fails, unless DNC_ALLOW_MISSING_TOOLS=1: then it is named in the
#: summary as not run. clang-tidy remembers clean files and looks again only at those whose
#: preprocessed text, compiler flags or checks changed.
#:
#: examples:
#:   ./dev lint
#:   ./dev lint fmt includes tree
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

readonly ALL_STEPS='fmt includes tree shell proto tidy'
# What a step answers where its tool is missing; like EX_UNAVAILABLE of sysexits.h.
readonly TOOL_MISSING=69

# missing_tool NAME HOW: says what is missing and what to do about it.
missing_tool() {
  printf 'error: %s is missing: %s\n' "$1" "$2" >&2
  return "$TOOL_MISSING"
}

lint_fmt() { "$DNC_ROOT/dev" fmt --check; }

lint_includes() { python3 scripts/check_includes.py; }

lint_tree() { python3 scripts/check_tree.py; }

lint_shell() {
  command -v shellcheck >/dev/null || { missing_tool shellcheck "install Debian's shellcheck"; return; }
  local -a all scripts=()
  local file
  listed_files all
  for file in "${all[@]}"; do
    if [[ "$file" == *.sh ]] || head -c 64 "$file" | grep -qaE '^#!.*(bash|/sh)'; then
      scripts+=("$file")
    fi
  done
  shellcheck --external-sources "${scripts[@]}" && echo "${#scripts[@]} scripts are clean"
}

lint_proto() {
  local buf
  buf="$(find_buf)" || {
    missing_tool buf "$BUF_HOW"
    return
  }
  (cd proto && "$buf" lint) && echo "proto/ is clean"
}

lint_tidy() {
  command -v clang-tidy >/dev/null || { missing_tool clang-tidy "install Debian's clang-tidy"; return; }
  # Generated headers are all that a parser needs from a build.
  configure tidy || return
  local -a headers
  mapfile -t headers < <(ninja -C build/tidy -t targets all | sed -n 's/\(.*\.pb\.h\): CUSTOM_COMMAND$/\1/p')
  [ "${#headers[@]}" -gt 0 ] || { echo "error: the build generates no headers" >&2; return 1; }
  ninja -C build/tidy "${headers[@]}" || return
  python3 scripts/tidy.py --build build/tidy --cache "$DNC_CACHE/tidy" --jobs "$DNC_JOBS"
}

# run_step STEP: runs it under a heading and appends its result to the summary.
run_step() {
  local step="$1" start status=0 result=passed
  start="$(date +%s)"
  printf '\n==== lint: %s\n' "$step"
  "lint_$step" || status=$?
  if [ "$status" -eq "$TOOL_MISSING" ]; then
    result='NOT RUN, its tool is missing'
    [ "${DNC_ALLOW_MISSING_TOOLS:-}" = 1 ] || unavailable=1
  elif [ "$status" -ne 0 ]; then
    result=FAILED
    failed=1
  fi
  summary+="$(printf '  %-10s%-30s%4d s' "$step" "$result" "$(($(date +%s) - start))")"$'\n'
}

read -ra steps <<<"${*:-$ALL_STEPS}"
for step in "${steps[@]}"; do
  [[ " $ALL_STEPS " == *" $step "* ]] || usage_error "no such step: $step; it is one of $ALL_STEPS"
done

ensure_packages build lint bench
cd "$DNC_ROOT"
failed=0 unavailable=0 summary=
for step in "${steps[@]}"; do
  run_step "$step"
done

printf '\n==== lint: summary\n%s' "$summary"
[ "$failed" -eq 0 ] || die 1 "lint failed"
[ "$unavailable" -eq 0 ] || die "$EXIT_MISSING" "a tool is missing (DNC_ALLOW_MISSING_TOOLS=1 lets that pass)"
say "lint passed"

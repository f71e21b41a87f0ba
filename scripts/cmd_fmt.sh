#!/usr/bin/env bash
#: format the C++ sources with clang-format
#:
#: usage: ./dev fmt [--check]
#:
#:   --check   change nothing; name the files that would change and exit 1 where there is one
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

check=
case "${1:-}" in
  '') ;;
  --check) check=1 ;;
  *) usage_error "fmt takes only --check, not '$1'" ;;
esac
[ $# -le 1 ] || usage_error "unexpected: ${*:2}"

ensure_packages fmt
cd "$DNC_ROOT"
declare -a files=()
listed_files files '*.cc' '*.h'
if [ -z "$check" ]; then
  clang-format -i "${files[@]}"
  say "formatted ${#files[@]} files"
  exit 0
fi
# shellcheck disable=SC2016  # the inner shell expands it
mapfile -t differing < <(printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$DNC_JOBS" sh -c 'clang-format "$0" | cmp -s - "$0" || echo "$0"' | sort)
if [ "${#differing[@]}" -gt 0 ]; then
  printf '%s\n' "${differing[@]}" >&2
  die 1 "${#differing[@]} of ${#files[@]} files are not formatted; ./dev fmt mends them"
fi
say "${#files[@]} files are formatted"

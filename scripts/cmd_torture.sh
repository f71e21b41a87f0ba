#!/usr/bin/env bash
#: kill the server again and again under load and count what was lost
#:
#: usage: ./dev torture [--rounds N] [options of dnc_torture…]
#:
#: Writers in full flight, kill -9 at random moments, restart, compare. Prints acknowledged, lost and
#: stale opt-outs; exit status 0 only where lost and stale are zero.
#:
#:   --rounds N   how many times (default 100)
#:
#: Everything else goes to the program: build/dev/bin/dnc_torture --help.
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

rounds=100
declare -a rest=()
while [ $# -gt 0 ]; do
  case "$1" in
    --rounds)
      need_value "$1" $#
      rounds="$2"
      shift 2
      ;;
    --rounds=*)
      rounds="${1#*=}"
      shift
      ;;
    *)
      rest+=("$1")
      shift
      ;;
  esac
done
need_count --rounds "$rounds"

ensure_packages build
build dev dncd dnc_torture
exec "$DNC_ROOT/build/dev/bin/dnc_torture" --rounds "$rounds" "${rest[@]}"

#!/usr/bin/env bash
#: build Release, start dncd with a demo organization and show its main job
#:
#: usage: ./dev run [--once]
#:
#: Builds dncd and dncctl (preset release), starts the server on a loopback port, loads the demo and
#: walks through check, opt-out, copy and filter. Then the server goes on running, with the commands
#: to try next, until Ctrl-C. Its store is .demo, made anew by each run; a second run beside it is
#: refused.
#:
#:   --once   end after the tour, on a server and a store of its own that leave nothing behind; exit
#:            status 0 only where every step answered as it must
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/deps.sh
source "$DNC_ROOT/scripts/deps.sh"

case "${1:-}" in
  '' | --once) [ $# -le 1 ] || usage_error "unexpected: ${*:2}" ;;
  *) usage_error "run takes only --once, not '$1'" ;;
esac

ensure_packages build
build release dncd dncctl
exec "$DNC_ROOT/scripts/demo.sh" "$DNC_ROOT/build/release" "$@"

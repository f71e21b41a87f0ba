#!/usr/bin/env bash
# The tour behind `./dev run`: starts dncd, loads a demo organization, and shows a check, an opt-out,
# a copy of its action and a filtered send list. Each step is held against what it must answer.
#
# usage: scripts/demo.sh BUILD_DIR [--once]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd "$1" && pwd)
once=${2:-}
demo=$root/.demo
export PATH="$build/bin:$PATH"
export DNC_ORG=demo
export DNC_ACTOR=users/demo

server_pid=
stop_server() {
  if [ -n "$server_pid" ] && kill -0 "$server_pid" 2>/dev/null; then
    kill -TERM "$server_pid"
    wait "$server_pid" || true
  fi
  server_pid=
}
trap stop_server EXIT

fail() {
  printf '\ndemo: %s\n' "$*" >&2
  exit 1
}

# Starts dncd on the address $1 and waits until it serves; fails where it ends before that.
start_server() {
  rm -f "$demo/port"
  dncd --listen "$1" --port-file "$demo/port" --data-dir "$demo/data" >"$demo/log" 2>&1 &
  server_pid=$!
  while [ ! -s "$demo/port" ]; do
    kill -0 "$server_pid" 2>/dev/null || return 1
    sleep 0.05
  done
  DNC_SERVER="127.0.0.1:$(cat "$demo/port")"
  export DNC_SERVER
}

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# run WANTED_STATUS dncctl ARGUMENTS…: shows the command and its answer, and insists on its status.
run() {
  local wanted=$1 status=0
  shift
  printf '$ %s\n' "$*"
  "$@" || status=$?
  [ "$status" -eq "$wanted" ] || fail "'$*' ended with status $status, not $wanted"
}

rm -rf "$demo"
mkdir -p "$demo"
if [ "$once" = --once ]; then
  start_server 127.0.0.1:0 || fail "dncd did not start: $(cat "$demo/log")"
else
  start_server 127.0.0.1:7443 || start_server 127.0.0.1:0 ||
    fail "dncd did not start: $(cat "$demo/log")"
fi
cd "$root/scripts/demo"
./make_leads.sh >"$demo/leads.csv"

title '1. An organization with two workflows, 3,000 leads and a registry of reported numbers'
run 0 dncctl orgs create demo
run 0 dncctl workflows apply -f sales.yaml
run 0 dncctl workflows apply -f renewals.yaml
run 0 dncctl leads import "$demo/leads.csv"
run 0 dncctl lists create reported --kind registry --max-age 31d
run 0 dncctl lists import reported reported_numbers.csv --as-of now \
  --rejects "$demo/rejects.csv"

title '2. May we call this lead? Yes.'
run 0 dncctl check --lead L00002 --channel voice

title '3. She says stop. From this instant nobody may reach her, by any lead or spelling.'
run 0 dncctl actions apply --lead L00002 --action sales/new/do-not-contact --evidence 'call 4711'
run 10 dncctl check --lead L00002 --channel voice
run 10 dncctl check --phone '(201) 555-0101' --channel sms
run 10 dncctl check --email Lead2@Example.com --channel email

title '4. A number that people reported is denied as well; a broken one is an error, never a yes'
run 10 dncctl check --phone 469-257-6503 --channel voice
run 2 dncctl check --phone 12345 --channel voice

title '5. Copy the opt-out action to the other statuses: first the difference, then for good'
run 0 dncctl actions copy --from sales/new --action do-not-contact --to sales/working \
  --to sales/nurture --to renewals/due --dry-run
run 0 dncctl actions copy --from sales/new --action do-not-contact --to sales/working \
  --to sales/nurture --to renewals/due
run 0 dncctl actions apply --lead L00001 --action sales/working/do-not-contact

title '6. Filter a send list: 3,000 rows in, the two opt-outs denied'
run 0 dncctl filter "$demo/leads.csv" --column phone --channel sms --out "$demo/filtered.csv"
denied=$(grep -c ',DENY,' "$demo/filtered.csv" || true)
allowed=$(grep -c ',ALLOW' "$demo/filtered.csv" || true)
printf '%s allowed, %s denied:\n' "$allowed" "$denied"
grep ',DENY,' "$demo/filtered.csv"
if [ "$denied" -ne 2 ] || [ "$allowed" -ne 2998 ]; then
  fail 'the filter must deny exactly the two opt-outs'
fi

title '7. The state of the gateway'
run 0 dncctl status

if [ "$once" = --once ]; then
  stop_server
  printf '\nEvery step answered as it must.\n'
  exit 0
fi

cat <<TEXT

Every step answered as it must. The server goes on at $DNC_SERVER (log: .demo/log); Ctrl-C ends it.
In another terminal:

  export PATH=$(realpath --relative-to="$root" "$build")/bin:\$PATH DNC_SERVER=$DNC_SERVER DNC_ORG=demo
  dncctl check --phone '+1 201 555 0199' --channel voice
  dncctl entries list --phone '+1 201 555 0101'
  dncctl entries add --email someone@example.com --reason 'unsubscribed' --channel email
  dncctl workflows get sales
  dncctl --help
TEXT
wait "$server_pid"

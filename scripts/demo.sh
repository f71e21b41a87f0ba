#!/usr/bin/env bash
# The tour behind `./dev run`: starts dncd, loads a demo organization, and shows a check, an opt-out,
# a copy of its action, a filtered send list, a template, coverage, a diagnosis and the proof that the
# audit trail is whole. Each step is held against what it must answer.
# README's tour is this one; tests/unit/layout/readme_tour_test.py compares their commands.
#
# usage: scripts/demo.sh BUILD_DIR [--once]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd "$1" && pwd)
once=${2:-}
export PATH="$build/bin:$PATH"
export DNC_ORG=demo
export DNC_ACTOR=users/demo

fail() {
  printf '\ndemo: %s\n' "$*" >&2
  exit 1
}

server_pid=
stop_server() {
  if [ -n "$server_pid" ] && kill -0 "$server_pid" 2>/dev/null; then
    kill -TERM "$server_pid"
    wait "$server_pid" || true
  fi
  server_pid=
}

# What --once leaves behind: nothing.
clean_up() {
  stop_server
  if [ "$once" = --once ]; then rm -rf "$demo"; fi
}

# Sets $demo, the folder of this run: with --once one of its own, else .demo, which is emptied unless
# another run's server still uses it. That server holds the lock too, so it protects its store even
# where its script was killed.
claim_folder() {
  if [ "$once" = --once ]; then
    demo=$(mktemp -d)
    return
  fi
  demo=$root/.demo
  mkdir -p "$demo"
  exec 9>>"$demo/lock"
  flock --nonblock 9 || fail "another ./dev run of this clone is going on; its dncd is process" \
    "$(cat "$demo/pid" 2>/dev/null || echo '?'). End it (Ctrl-C there, or kill), or try" \
    "./dev run --once, which has a server of its own."
  find "$demo" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
}

# Starts dncd on the address $1 and waits until it serves; fails where it ends before that.
start_server() {
  rm -f "$demo/port"
  dncd --listen "$1" --port-file "$demo/port" --data-dir "$demo/data" >"$demo/log" 2>&1 &
  server_pid=$!
  echo "$server_pid" >"$demo/pid"
  while [ ! -s "$demo/port" ]; do
    kill -0 "$server_pid" 2>/dev/null || return 1
    sleep 0.05
  done
  DNC_SERVER="127.0.0.1:$(cat "$demo/port")"
  export DNC_SERVER
}

title() {
  if [ -t 1 ]; then
    printf '\n\033[1m%s\033[0m\n' "$*"
  else
    printf '\n%s\n' "$*"
  fi
}

# show COMMAND…: prints it as it would be typed.
show() {
  local word line='$'
  for word in "$@"; do
    if [[ "$word" =~ ^[A-Za-z0-9_./:@%+=,-]+$ ]]; then line+=" $word"; else line+=" ${word@Q}"; fi
  done
  printf '\n%s\n' "$line"
}

# run WANTED_STATUS COMMAND…: shows the command and its answer, and insists on its status.
run() {
  local wanted=$1 status=0
  shift
  show "$@"
  "$@" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] || fail "'$*' ended with status $status, not $wanted"
}

demo=
claim_folder
trap clean_up EXIT
if [ "$once" = --once ]; then
  start_server 127.0.0.1:0 || fail "dncd did not start: $(cat "$demo/log")"
else
  start_server 127.0.0.1:7443 || start_server 127.0.0.1:0 ||
    fail "dncd did not start: $(cat "$demo/log")"
fi
cp "$root"/scripts/demo/{sales.yaml,renewals.yaml,opt_outs.yaml,reported_numbers.csv} "$demo"
"$root/scripts/demo/make_leads.sh" >"$demo/leads.csv"
cd "$demo"

title '1. An organization with two workflows, 3,000 leads and a registry of reported numbers'
run 0 dncctl orgs create demo
run 0 dncctl workflows apply -f sales.yaml
run 0 dncctl workflows apply -f renewals.yaml
run 0 dncctl leads import leads.csv
run 0 dncctl lists create reported --kind registry --max-age 31d
run 0 dncctl lists import reported reported_numbers.csv --as-of now --rejects rejects.csv

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
run 0 dncctl filter leads.csv --column phone --channel sms --out filtered.csv
run 0 grep ,DENY, filtered.csv
denied=$(grep -c ,DENY, filtered.csv || true)
allowed=$(grep -c ,ALLOW filtered.csv || true)
if [ "$denied" -ne 2 ] || [ "$allowed" -ne 2998 ]; then
  fail "the filter must deny exactly the two opt-outs, not $denied of $((denied + allowed))"
fi

title '7. A template: the same actions in every status of a workflow, each copy traceable'
run 0 dncctl templates put opt_outs.yaml
run 0 dncctl templates apply opt-outs --all-statuses sales
run 0 dncctl templates copies opt-outs

title '8. A text that may mean stop blocks until somebody has looked at it'
run 0 dncctl optouts record --phone +12015550107 --text 'please stop texting me'
run 10 dncctl check --phone +12015550107 --channel sms

title '9. What is missing, and what happened to a lead?'
run 0 dncctl reports coverage
run 0 dncctl diagnose contacted-lead --lead L00002

title '10. Nothing on the record was altered or removed'
run 0 dncctl audit verify

title '11. The state of the gateway'
run 0 dncctl status

if [ "$once" = --once ]; then
  stop_server
  printf '\nEvery step answered as it must.\n'
  exit 0
fi

cat <<TEXT

Every step answered as it must. The server goes on at $DNC_SERVER (store, log and files: .demo);
Ctrl-C ends it. In another terminal, in this folder:

  export PATH="\$PWD/$(realpath --relative-to="$root" "$build")/bin:\$PATH" DNC_SERVER=$DNC_SERVER DNC_ORG=demo
  dncctl check --phone '+1 201 555 0199' --channel voice
  dncctl entries list --phone '+1 201 555 0101'
  dncctl entries add --email someone@example.com --reason 'unsubscribed' --channel email
  dncctl workflows get sales
  dncctl --help
TEXT
wait "$server_pid"

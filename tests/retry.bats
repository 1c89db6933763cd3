#!/usr/bin/env bats
# `sprag retry` as scripts use it. SPRAG names the binary and ROOT the checkout; `cargo test --test retry` sets both.

bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir bin
  ln -s "$SPRAG" bin/sprag
  PATH="$PWD/bin:$PATH"
  unset SPRAG_DRY_RUN DRY_RUN
  # flaky N STATUS: fails with STATUS until its Nth call.
  cat >bin/flaky <<'SCRIPT'
#!/bin/sh
echo call >>calls
[ "$(wc -l <calls)" -ge "$1" ] || exit "$2"
echo "output"
SCRIPT
  # ssh, as unreliable as the file `broken` says; notes its arguments.
  cat >bin/ssh <<'SCRIPT'
#!/bin/sh
echo "$@" >>calls
[ "$(wc -l <calls)" -gt "$(cat broken)" ] || { echo "ssh: connect to host: No route to host" >&2; exit 255; }
while [ "$1" != -- ]; do shift; done
shift 2
exec "$@"
SCRIPT
  chmod +x bin/flaky bin/ssh
  echo 0 >broken
}

calls() { if [ -e calls ]; then wc -l <calls; else echo 0; fi; }

retry() { sprag retry --delay 10ms "$@"; }

# The functions that docs/retry.md gives to scripts, with short pauses.
load_snippet() {
  awk '/^```bash$/ { on = 1; next } /^```$/ { on = 0 } on' "$ROOT/docs/retry.md" >snippet.sh
  grep -q 'sprag retry --on-exit' snippet.sh
  sed -i 's/sprag retry/sprag retry --delay 10ms/' snippet.sh
  # shellcheck disable=SC1091
  source ./snippet.sh
}

@test "a command that works is run once, and nothing is said" {
  run --separate-stderr retry -- flaky 1 1
  [ "$status" -eq 0 ]
  [ "$output" = output ]
  [ -z "$stderr" ]
  [ "$(calls)" -eq 1 ]
}

@test "works at the second attempt, the first is logged" {
  run --separate-stderr retry -- flaky 2 7
  [ "$status" -eq 0 ]
  [ "$output" = output ]
  [ "${stderr_lines[0]}" = "sprag: flaky: attempt 1 of 3 failed with exit status 7; next in 10ms" ]
  [ "${stderr_lines[1]}" = "sprag: flaky: attempt 2 of 3 worked" ]
  [ "${#stderr_lines[@]}" -eq 2 ]
  [ "$(calls)" -eq 2 ]
}

@test "a permanent failure: three attempts, an error with their number, the status of the command" {
  run --separate-stderr retry -- flaky 99 7
  [ "$status" -eq 7 ]
  [ -z "$output" ]
  [ "${stderr_lines[2]}" = "sprag: flaky: attempt 3 of 3 failed with exit status 7" ]
  [ "${stderr_lines[3]}" = "sprag: flaky: gave up after 3 attempts" ]
  [ "${#stderr_lines[@]}" -eq 4 ]
  [ "$(calls)" -eq 3 ]
}

@test "pauses are 1 s and 2 s unless told otherwise, none after the last attempt" {
  SECONDS=0
  run sprag retry -- flaky 99 1
  [ "$SECONDS" -ge 2 ]
  [[ "${lines[0]}" = *"; next in 1s" ]]
  [[ "${lines[1]}" = *"; next in 2s" ]]
  [[ "${lines[2]}" != *"next in"* ]]
}

@test "--attempts and --delay" {
  run retry --attempts 4 -- flaky 99 1
  [ "$(calls)" -eq 4 ]
  [[ "${lines[0]}" = *"attempt 1 of 4"*"next in 10ms" ]]
  [[ "${lines[2]}" = *"attempt 3 of 4"*"next in 40ms" ]]
  [[ "${lines[4]}" = *"gave up after 4 attempts" ]]
  rm calls
  run retry --attempts 1 -- flaky 99 1
  [ "$(calls)" -eq 1 ]
  [[ "${lines[1]}" = *"gave up after 1 attempt" ]]
}

@test "--on-exit says which statuses are worth another attempt" {
  run retry --on-exit 255,1 -- flaky 99 3
  [ "$status" -eq 3 ]
  [ "$(calls)" -eq 1 ]
  [[ "$output" = *"gave up after 1 attempt, because --on-exit does not list 3" ]]
  rm calls
  run retry --on-exit 255,1 -- flaky 2 1
  [ "$status" -eq 0 ]
  [ "$(calls)" -eq 2 ]
}

@test "a command that a signal ended: 128 and its number" {
  run retry --attempts 2 -- sh -c 'kill -TERM $$'
  [ "$status" -eq 143 ]
  [[ "${lines[0]}" = *"attempt 1 of 2 was ended by SIGTERM; next in 10ms" ]]
}

@test "a command that cannot be started is not tried again" {
  run -127 retry -- no-such-command
  [[ "$output" = *"no such command"*"gave up after 1 attempt" ]]
  touch not-executable
  run -126 retry -- ./not-executable
  [[ "$output" = *"gave up after 1 attempt" ]]
}

@test "a dry run runs nothing, retries nothing and leaves standard output alone" {
  run --separate-stderr retry --dry-run -- flaky 99 "it's 1"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$stderr" = "sprag: would run: flaky 99 'it'\\''s 1'" ]
  for value in 1 true; do
    SPRAG_DRY_RUN=$value run --separate-stderr retry -- flaky 99 1
    [ "$status" -eq 0 ]
    [ "$stderr" = "sprag: would run: flaky 99 1" ]
  done
  [ "$(calls)" -eq 0 ]
}

@test "SPRAG_DRY_RUN that is off is off" {
  for value in 0 false ""; do
    SPRAG_DRY_RUN=$value run retry -- flaky 1 1
    [ "$output" = output ]
  done
  [ "$(calls)" -eq 3 ]
}

@test "the command reads standard input, a second attempt what is left of it" {
  run --separate-stderr retry -- sh -c 'read -r line; echo "$line"; [ "$line" = two ]' <<<"one
two
three"
  [ "$status" -eq 0 ]
  [ "$output" = "one
two" ]
}

@test "--timeout ends the command with its children and counts as failure" {
  run retry --attempts 2 --timeout 100ms -- sh -c 'sleep 60 & echo $! >>children; wait'
  [ "$status" -eq 124 ]
  [[ "${lines[0]}" = *"attempt 1 of 2 took longer than 100ms and was ended; next in 10ms" ]]
  [ "$(wc -l <children)" -eq 2 ]
  while read -r child; do
    ! kill -0 "$child" 2>/dev/null || [ "$(ps -o stat= -p "$child" | cut -c1)" = Z ]
  done <children
}

@test "wrong usage is no status of a command" {
  for arguments in "" "--attempts 0 -- true" "--delay soon -- true" "--on-exit 0 -- true" "--timeout 0s -- true"; do
    # shellcheck disable=SC2086
    run -125 sprag retry $arguments
  done
}

@test "ssh_exec connects again, and its output is the command's" {
  load_snippet
  echo 1 >broken
  run --separate-stderr ssh_exec root@pve echo hello
  [ "$status" -eq 0 ]
  [ "$output" = hello ]
  [ "$(calls)" -eq 2 ]
  [[ "$(tail -n 1 calls)" = *"-- root@pve echo hello" ]]
}

@test "ssh_exec does not repeat what failed on the host" {
  load_snippet
  run ssh_exec root@pve sh -c 'exit 3'
  [ "$status" -eq 3 ]
  [ "$(calls)" -eq 1 ]
}

@test "check_ssh_access tries three times before it says no" {
  load_snippet
  echo 2 >broken
  run check_ssh_access root@pve
  [ "$status" -eq 0 ]
  [ "$(calls)" -eq 3 ]
  echo 99 >broken
  run check_ssh_access root@pve
  [ "$status" -eq 1 ]
  [ "$(calls)" -eq 6 ]
  [[ "$output" = *"gave up after 3 attempts"*"no SSH access to root@pve" ]]
}

@test "a script's own dry-run switch is passed on" {
  load_snippet
  echo 99 >broken
  DRY_RUN=true run --separate-stderr ssh_exec root@pve qm stop 100
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [[ "$stderr" = "sprag: would run: ssh "*" -- root@pve qm stop 100" ]]
  DRY_RUN=true run check_ssh_access root@pve
  [ "$status" -eq 0 ]
  [ "$(calls)" -eq 0 ]
}

@test "in the foreground of a terminal the command may read from it, and Ctrl-C reaches it once" {
  command -v script >/dev/null || skip "no script"
  # What is asserted goes through files: `script` may lose the exit status of a command that ends while it looks away.
  script -qec "sprag retry -- sh -c 'read -r line </dev/tty; echo got \$line >answer'" /dev/null <<<hello
  [ "$(cat answer)" = "got hello" ]
  cat >interrupted <<'SCRIPT'
trap 'echo interrupted >>signals; exit 9' INT
touch started
while :; do sleep 0.1; done
SCRIPT
  (
    until [ -e started ]; do sleep 0.1; done
    printf '\003'
    until [ -s status ]; do sleep 0.1; done
  ) | timeout 60 script -qec "trap : INT; sprag retry -- sh ./interrupted; echo \$? >status" /dev/null
  [ "$(cat status)" -eq 9 ]
  [ "$(cat signals)" = interrupted ]
}

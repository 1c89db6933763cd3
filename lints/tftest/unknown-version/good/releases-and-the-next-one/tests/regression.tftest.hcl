# v0.7.2: sizes carry their unit
run "released" {
  command = plan
}

# v1.0: named by its series
run "series" {
  command = plan
}

# v1.0.1: will be fixed by the next release
run "patch" {
  command = plan
}

# ---------------------------------------------------------------------------
# v1.1.0: and these by the one after it
# ---------------------------------------------------------------------------

run "minor" {
  command = plan
}

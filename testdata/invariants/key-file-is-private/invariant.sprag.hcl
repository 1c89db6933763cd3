resource_invariant "local_*file" "key-file-is-private" {
  summary = "nobody else reads a key"
  docs    = "https://example.org/postmortems/12"
  help    = "write `file_permission = \"0600\"`"
  filter  = endswith(attrs.filename, ".pem")

  enforce {
    condition     = contains(["0400", "0600"], attrs.file_permission)
    error_message = "a key that others can read: ${attrs.file_permission}"

    fix {
      value = "0600"
    }
  }
}

resource_invariant "proxmox_virtual_environment_file" "snippet-datastore" {
  summary  = "cloud-init snippets lie on the datastore that allows them"
  fixed_in = "v0.5.0"
  help     = "write `datastore_id = \"local\"`, or set the input `datastore` of this lint"

  input "datastore" {
    type        = string
    default     = "local"
    description = "The datastore that takes snippets."
  }

  enforce {
    # Not a filter: what the file is may be up to the caller, and then each call is judged.
    condition     = attrs.datastore_id == input.datastore || attrs.content_type != "snippets"
    error_message = "snippet on datastore `${attrs.datastore_id}` instead of `${input.datastore}`"
  }
}

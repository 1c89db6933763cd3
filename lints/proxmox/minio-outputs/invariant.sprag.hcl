module_invariant "**/modules/minio" "minio-outputs" {
  summary  = "the module says where MinIO is"
  fixed_in = "v1.0.0"
  help     = "declare the outputs `container_id`, `ip_address`, `endpoint_url` and `console_url`"

  enforce {
    condition = alltrue([
      for name in ["container_id", "ip_address", "endpoint_url", "console_url"] : contains(keys(output), name)
    ])
    error_message = "an output is missing: ${join(", ", setsubtract(["container_id", "ip_address", "endpoint_url", "console_url"], keys(output)))}"
  }
}

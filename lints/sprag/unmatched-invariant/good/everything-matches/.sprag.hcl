module_invariant "**/modules/backup" "named" {
  enforce {
    condition     = output.name != ""
    error_message = "the backup has no name"
  }
}

call_invariant "modules/backup" "called-by-path" {
  enforce {
    condition     = attrs.source != ""
    error_message = "no source"
  }
}

call_invariant "./modules/*" "called-by-source" {
  enforce {
    condition     = attrs.source != ""
    error_message = "no source"
  }
}

data_invariant "terraform_remote_state" "backend" {
  enforce {
    condition     = attrs.backend != ""
    error_message = "no backend"
  }
}

resource_invariant "terraform_*" "input" {
  enforce {
    condition     = attrs.input != ""
    error_message = "no input"
  }
}

module_invariant "**/modules/lxc" "security-updates-unconditional" {
  summary  = "security updates are for Debian and Ubuntu only"
  fixed_in = "v0.9.0"
  help     = "make it depend on the distribution: `var.security_updates && contains([\"debian\", \"ubuntu\"], var.os_type)`"

  # A module without such a value installs none.
  filter = can(output.security_updates) || can(local.security_updates)

  given {
    os_type          = "alpine"
    security_updates = true
  }

  enforce {
    condition     = try(output.security_updates, local.security_updates) == false
    error_message = "security updates are installed whatever the distribution is: `unattended-upgrades` exists for apt only"
  }
}

alerts {
  require "HostDown" { for = "1h30m" }
  require "HostFlapping" { for = "0s" }
  require "BackupTooOld" { for = "1d" }
}

override {
  ignore = ["alerts/missing-for"]
}
drift {
  environment "prod" {
    ignore {
      resource = "proxmox_virtual_environment_vm.*"
    }
  }
  notify "alertmanager" {}
}

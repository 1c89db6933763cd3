regression {
  file = "tests/fixed-bugs.tftest.hcl"
}

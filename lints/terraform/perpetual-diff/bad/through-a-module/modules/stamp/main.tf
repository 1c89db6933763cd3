module "inner" {
  source = "./inner"
}

output "at" {
  description = "When it was applied last."
  value       = module.inner.at
}

terraform {
  backend "s3" {
    bucket = "x"
  }
  cloud {
    organization = "x"
  }
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.a, aws.b]
    }
  }
  experiments = [something]
  provider_meta "x" {
    a = 1
  }
}

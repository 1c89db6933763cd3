provider "aws" {
  alias = "west"
}
provider "aws" {
  alias = "east"
}
data "aws_region" "current" {
  provider = "aws.west"
}
resource "aws_s3_bucket" "logs" {
  depends_on = ["data.aws_region.current"]
}
module "site" {
  source    = "./site"
  providers = { aws = "aws.east" }
}

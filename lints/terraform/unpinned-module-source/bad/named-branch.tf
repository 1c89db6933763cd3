module "a" {
  source = "github.com/example/vm?ref=main"
}

locals
{
  name = "web"
}

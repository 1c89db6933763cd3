resource_invariant "random_pet" "prefix-is-a-team" {
  summary  = "a name begins with the team that answers for it"
  severity = "warning"

  input "teams" {
    type        = list(string)
    default     = ["shop", "data"]
    description = "Who there is."
  }

  locals {
    team = split("-", attrs.prefix)[0]
  }

  enforce {
    condition     = contains(input.teams, local.team)
    error_message = "nobody knows the team `${local.team}`, only ${join(" and ", input.teams)}"
  }
}

schemas = ["missing.json", "plan.json"]

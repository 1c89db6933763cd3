schemas = ["thing.json"]

"""A run of many blocks: cut into jobs, spread over processes, stopped when it is precise enough."""

"""The users' face over a record: each table one function."""

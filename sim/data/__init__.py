"""The packaged tables: what is known about the allies, with edition, unit and source."""

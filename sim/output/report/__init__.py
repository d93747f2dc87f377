"""A run as a page to read: the report of the whole, and the brief of one ally."""

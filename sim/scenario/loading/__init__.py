"""From a scenario file to a scenario: lines, merging, checks."""

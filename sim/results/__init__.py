"""What users read from a run: tables, summaries, quantiles. Works on a record alone, saved or fresh."""

"""What blocks leave behind: counts, histograms, kept paths, and the manifest of a run."""

"""Files: written so that nothing is lost, and JSON that a stranger may have written."""

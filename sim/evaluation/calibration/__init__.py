"""Parameters estimated from the shares of the past."""

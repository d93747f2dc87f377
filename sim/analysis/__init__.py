"""Questions asked of the model: what one path tells, what one assumption does."""

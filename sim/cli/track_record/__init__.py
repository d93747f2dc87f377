"""The commands of the track record, and what they print: estimate on the past, forecast it, freeze, score."""

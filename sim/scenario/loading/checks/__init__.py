"""The third act's second half: what is wrong with a scenario, in words that help to put it right."""

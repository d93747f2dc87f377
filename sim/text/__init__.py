"""Numbers and names as text: probabilities, rounding, escaping, markup."""

"""``khabar watch``: the same bounded runs, over and over, supervised."""

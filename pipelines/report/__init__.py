"""``khabar report``: what is in a dataset and what needs a look, as one page."""

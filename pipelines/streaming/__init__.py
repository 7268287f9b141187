"""The same transforms as an unbounded pipeline on an engine, committed window by window."""

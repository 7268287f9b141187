"""``khabar backfill``: years of news from web archives, batch by batch, through the same graph."""

"""Web archives: bytes of a WARC file (ISO 28500) in, pages of news out. No Beam."""

"""Pure text rules: str in, str or spans out."""

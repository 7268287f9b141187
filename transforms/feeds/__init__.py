"""Pure feed parsing: bytes in, entries out."""

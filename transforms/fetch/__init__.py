"""Polite, guarded HTTP; knows nothing of Beam or feeds' formats."""

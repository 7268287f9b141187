"""Configuration, graphs, the ledger and the command line."""

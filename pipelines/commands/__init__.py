"""One module per khabar subcommand."""

"""The rows that travel and the Arrow schemas that stay."""

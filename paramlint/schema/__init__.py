"""The vocabulary in which framework tables are written."""

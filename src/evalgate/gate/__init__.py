"""The decision: arithmetic only, no formatting, no files."""

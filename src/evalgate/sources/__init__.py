"""Strict YAML and JSONL with places, from the working tree or a git commit; digests."""

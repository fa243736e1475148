"""Evalsets: found, read, verified, frozen, compared, imported."""

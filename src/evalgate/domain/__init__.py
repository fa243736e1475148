"""The nouns, frozen: no I/O, no clock, no await."""

"""Keep and reopen runs: one folder each, append-only, readable after a kill at any moment."""

"""A good night proposes baselines, and a person decides."""

"""Talk to a provider: one async client, limits, retries, cost."""

"""What a rule can show with so many cases: which changes it finds, and how many it needs."""

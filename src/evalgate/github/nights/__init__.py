"""What one night knows of the nights before, and leaves for the next."""

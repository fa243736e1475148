"""The order of things, how many at once, and names made into objects."""

"""Ask the system under test; it never sees what is expected."""

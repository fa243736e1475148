"""A user's code in a process of its own: asked over pipes, ended with all that it started."""

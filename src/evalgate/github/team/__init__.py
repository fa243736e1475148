"""A team's own workflows: written by `init --github`, with the action pinned by a commit."""

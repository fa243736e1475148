"""`evalgate doctor`: what is wrong with the way in which a repository uses evalgate on GitHub."""

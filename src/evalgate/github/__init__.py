"""What GitHub is told and asked: events, annotations, summaries, comments, issues."""

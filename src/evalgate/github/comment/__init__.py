"""What a reviewer reads: comment and summary, out of reports and nothing else."""

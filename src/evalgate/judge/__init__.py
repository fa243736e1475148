"""Answer to judgement: judges that need no model. No thresholds, no averages."""

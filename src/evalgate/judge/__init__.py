"""Answer to judgement: by computing or by asking a model. No thresholds, no averages."""

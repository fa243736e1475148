"""MLflow: finished runs are kept there, and it is asked about every verdict."""

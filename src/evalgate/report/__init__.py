"""Findings, comparisons and runs as text, Markdown, JUnit and CSV; pure."""

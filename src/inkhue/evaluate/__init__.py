"""Scores of a colorizer by the protocol of docs/evaluation.md: one metric a file."""

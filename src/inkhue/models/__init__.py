"""Torch networks, one a file."""

"""Colour line drawings from a few dabs of colour."""

__version__ = "0.1.0"

"""Callboard's server: owns the state, in PostgreSQL, and tells every screen at once."""

from importlib.metadata import version

__version__ = version("callboard")

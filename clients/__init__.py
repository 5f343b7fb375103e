"""Callboard's desktop clients and what they share."""

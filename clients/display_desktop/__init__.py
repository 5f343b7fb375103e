"""The lobby display: full screen, read-only, nothing to touch."""

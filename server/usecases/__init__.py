"""Floor 3: load, decide, save, append events, each command one transaction."""

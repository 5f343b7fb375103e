"""Floor 4: HTTP, thin. Parse, authorise, one use case, answer."""

"""Floor 3, a wing of its own: what an admin decides about the site, its queues, counters and people.

Every edit is a command like any other: done once, told to all screens, audited with what it changed.
"""

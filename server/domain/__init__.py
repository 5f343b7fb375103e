"""Floor 1: the pure rules of the queue.

No I/O, no clock, no random: time and facts come as arguments, decisions go back as values.
"""

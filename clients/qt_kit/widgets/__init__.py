"""Passive widgets, one a file: each shows the frozen state it is given and emits what the person did."""

"""Floor 0: the words both sides speak.

Pydantic models, enums and NewTypes only: no I/O, no Qt, no clock. Server and apps import from here
and never from each other.
"""

"""Floor 1 of the apps: plain Python, no Qt.

`session` decides, `socket` and `http_api` carry, `queue_state` is what both work on.
"""

"""What `make security` runs: tools that know nothing of our code, and a great many odd requests and frames.

Each part says its result in one line; a finding fails the run. `SECURITY=release` is the long form.
"""

"""`python -m clients.demo` is `callboard-demo`."""

import sys

from clients.demo import main

if __name__ == "__main__":
    sys.exit(main())

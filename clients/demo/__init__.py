"""callboard-demo: a server, a lively day at City Hall, and the three apps."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Run the demonstration; gives the exit code."""
    parser = _parser()
    options = parser.parse_args()
    if options.screenshots is not None and not options.headless:
        parser.error("--screenshots needs --headless")
    if options.screenshots is not None:
        try:
            options.screenshots.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sys.stderr.write(f"callboard-demo: {options.screenshots}: {error.strerror or error}.\n")
            return 1
    # Imported late: `--help` and the other modules of this package need neither server nor database.
    from clients.demo.run import Options, run_demo

    return run_demo(
        Options(headless=options.headless, seconds=options.seconds, screenshots=options.screenshots)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callboard-demo",
        description="A server with two weeks of history in a throw-away folder, and the staff app, the "
        "lobby display and the admin console on this screen. Closing the windows or Ctrl-C ends it all.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="without a screen: the staff app is worked by remote control; one JSON line is the result",
    )
    parser.add_argument(
        "--seconds", type=_seconds, metavar="N", help="end after playing for N seconds (headless: 30)"
    )
    parser.add_argument(
        "--screenshots",
        type=Path,
        metavar="DIR",
        help="save staff.png, display.png and admin.png there at the end; needs --headless",
    )
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return seconds

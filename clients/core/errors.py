"""What can go wrong on the way to the server.

ClientError
├── Refusal             the server says no, with a problem
├── ServerUnreachable   no answer came, whatever was tried
│   └── ServerNotTrusted    whoever answers cannot prove to be the server
└── AnswerUnreadable    an answer came that is none of ours: a captive portal, another server
"""

from shared.problems import Problem


class ClientError(Exception):
    """The root of this tree; its text is a sentence for a person."""


class Refusal(ClientError):
    """The server refused, and nothing changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class ServerUnreachable(ClientError):
    """No answer came. A command may have happened all the same; a retry with its key would tell.

    Args:
        server: the address asked.
        reason: the last failure, for the log.
    """

    def __init__(self, *, server: str, reason: str) -> None:
        super().__init__(f"The server at {server} does not answer.")
        self.server = server
        self.reason = reason


class ServerNotTrusted(ServerUnreachable):
    """The certificate is not one that this machine trusts, so nothing was said to whoever shows it."""

    def __init__(self, *, server: str, reason: str) -> None:
        super().__init__(server=server, reason=reason)
        self.args = (f"The certificate of the server at {server} is not trusted on this machine.",)


class AnswerUnreadable(ClientError):
    """Something answered that does not speak our language."""

    def __init__(self, *, server: str, status: int) -> None:
        super().__init__(f"What answers at {server} is not a Callboard server (status {status}).")
        self.server = server
        self.status = status

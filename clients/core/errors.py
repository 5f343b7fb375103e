"""What can go wrong on the way to the server.

ClientError
├── Refusal             the server says no, with a problem
├── ServerUnreachable   no answer came, whatever was tried
│   └── ServerNotTrusted    whoever answers cannot prove to be the server
│       ├── AuthorityUnknown    its authority may be confirmed by a person
│       ├── AuthorityChanged    its authority is none that is trusted here, nor announced by one
│       ├── NameNotVouchedFor   its certificate is for other names
│       └── CertificateEnded    its certificate is not good now, or this machine's clock is wrong
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


class AuthorityUnknown(ServerNotTrusted):
    """Nobody has vouched yet for the authority that signed the server's certificate.

    Args:
        fingerprint: of the authority, for a person to compare.
    """

    def __init__(self, *, server: str, fingerprint: str, reason: str) -> None:
        super().__init__(server=server, reason=reason)
        self.fingerprint = fingerprint
        self.args = (f"Nobody has confirmed yet that {server} is your server.",)


class AuthorityChanged(ServerNotTrusted):
    """The certificate is by another authority than the one that is trusted here for this server."""

    def __init__(self, *, server: str, reason: str) -> None:
        super().__init__(server=server, reason=reason)
        self.args = (
            f"Whoever answers at {server} is not the server that this computer trusts, so nothing was sent. "
            "If your server was set up anew, IT has its new fingerprint (ca_fingerprint).",
        )


class NameNotVouchedFor(ServerNotTrusted):
    """The certificate does not hold the name by which the server was called.

    Args:
        host: that name or address.
    """

    def __init__(self, *, server: str, host: str, reason: str) -> None:
        super().__init__(server=server, reason=reason)
        self.host = host
        self.args = (
            f"The certificate of the server at {server} is not for {host}. "
            "Use the server's own name, or ask IT to add this one (tls_names).",
        )


class CertificateEnded(ServerNotTrusted):
    """The certificate is not good now."""

    def __init__(self, *, server: str, reason: str) -> None:
        super().__init__(server=server, reason=reason)
        self.args = (
            f"The certificate of the server at {server} is not valid today. "
            "Check the date and time of this computer; if they are right, tell IT.",
        )


class AnswerUnreadable(ClientError):
    """Something answered that does not speak our language."""

    def __init__(self, *, server: str, status: int) -> None:
        super().__init__(f"What answers at {server} is not a Callboard server (status {status}).")
        self.server = server
        self.status = status

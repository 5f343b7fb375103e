"""`/setup`: the first organization of an empty server."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request

from server.api.access import PUBLIC
from server.api.docs import described
from server.api.services import caller_of, services_of
from server.domain.addresses import parse_address
from shared.problems import ProblemCode
from shared.setup import SetUp, SetupState
from shared.users import SignedIn

router = APIRouter(prefix="/setup", tags=["setup"], dependencies=[PUBLIC])

_OF_ANOTHER = (
    # Of a proxy on this machine: who asks is somebody else.
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    # Of a browser on this machine: what asks is a page from anywhere.
    "origin",
    "sec-fetch-site",
)


@router.get(
    "",
    summary="Does this server want to be set up?",
    **described(ProblemCode.ALREADY_SET_UP),
)
async def read_setup(request: Request) -> SetupState:
    """An answer only where there is no organization yet; afterwards `already_set_up`."""
    await services_of(request).first_setup.require_empty()
    return SetupState(needs_code=not is_this_machine(request))


@router.post(
    "",
    summary="Set an empty server up",
    status_code=201,
    **described(
        ProblemCode.ALREADY_SET_UP,
        ProblemCode.SETUP_CODE_WRONG,
        ProblemCode.PASSWORD_REFUSED,
        ProblemCode.MALFORMED,
    ),
)
async def set_up(request: Request, body: SetUp) -> SignedIn:
    """Makes an organization with three customer types, six counters and a super admin, who is signed in.

    Accepted once: from the machine itself, or with the code that the server wrote into its log when it
    started. Ten wrong codes, and it writes another one.
    """
    return await services_of(request).first_setup.set_up(
        body, caller_of(request), is_this_machine=is_this_machine(request)
    )


def is_this_machine(request: Request) -> bool:
    """Whether a program of the machine that the server runs on asks, and for nobody else."""
    if request.client is None or not _is_loopback(request.client.host):
        return False
    if any(name in request.headers for name in _OF_ANOTHER):
        return False
    # A name that was made to point here ("DNS rebinding") is none of this machine's own.
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return host == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    address = parse_address(host)
    return address is not None and address.is_loopback

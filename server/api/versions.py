"""Edits name the version that they were made from, so that two admins do not overwrite each other."""

from typing import Annotated

from fastapi import Depends, Header, Response


async def made_from(
    if_match: Annotated[
        str,
        Header(
            pattern='^"[0-9]{1,9}"$',
            description='The version that the edit was made from, in quotation marks: `"3"`.',
        ),
    ],
) -> int:
    """A dependency: the version that an edit was made from. Without one it is `version_missing`."""
    return int(if_match.strip('"'))


MadeFrom = Annotated[int, Depends(made_from)]


def tell_version(response: Response, version: int) -> None:
    """Say in an answer which version it shows; an edit of it sends that back as If-Match."""
    response.headers["ETag"] = f'"{version}"'

"""Pairing a display: a code on the wall, an admin who types it, and a key for the screen (RFC 8628).

A device key is made at the moment in which its screen comes for it: it lies nowhere, not even sealed. If
that answer is lost the screen asks again and gets another key, which puts the first one out of use; once
the display has connected, no secret brings a key any more.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from server.domain import pairing as rules
from server.domain.access import Actor
from server.domain.errors import CodeUnknown, PairingOver
from server.domain.pairing import Pairing
from server.store import devices as device_store
from server.store import journal
from server.store import pairings as pairing_store
from server.store.engine import Database, Tx
from server.usecases.commanding import Commands, Desk, Request
from server.usecases.configuring.devices import say_configured, take_back
from server.usecases.signing_in import Caller, hash_device_key, new_device_key
from shared.commands import Answer, Configured
from shared.ids import DeviceId, Permission
from shared.pairing import (
    CODE_LENGTH,
    CODE_LETTERS,
    ApprovePairing,
    ClaimPairing,
    OpenPairing,
    PairingClaimed,
    PairingOpened,
    PairingRequest,
    PairingState,
    RefusePairing,
)

_POLL_EVERY_S = round(rules.POLL_EVERY.total_seconds())
_SLOWED_POLL_S = _POLL_EVERY_S + round(rules.SLOWED_BY.total_seconds())


async def open_pairing(database: Database, body: OpenPairing, caller: Caller) -> PairingOpened:
    """A screen without a key gets a code to show, and a secret to ask with.

    Raises:
        TooManyRequests: too many wait already, from its address or in all.
        DatabaseUnavailable
    """
    secret = secrets.token_urlsafe(32)
    async with database.unit_of_work() as tx:
        await pairing_store.lock(tx)
        now = await tx.now()
        await _require_room(tx, caller, now)
        pairing = Pairing(
            code=_new_code(),
            name=body.name,
            address=caller.address,
            created_at=now,
            expires_at=now + rules.CODE_LIVES,
        )
        # One in 25 thousand million is taken, or was not forgotten yet.
        while not await pairing_store.add(
            tx, pairing, secret_hash=_hash(secret), user_agent=caller.user_agent
        ):
            pairing = replace(pairing, code=_new_code())
    return PairingOpened(
        code=pairing.code,
        secret=secret,
        expires_in_s=_left_s(pairing, now),
        poll_every_s=_POLL_EVERY_S,
    )


async def claim(database: Database, body: ClaimPairing) -> PairingClaimed:
    """What became of a screen's code; the key, once it was approved.

    Raises:
        PairingOver: nobody waits with this secret.
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        pairing = await pairing_store.lock_by_secret(tx, _hash(body.secret))
        if pairing is None:
            raise PairingOver()
        now = await tx.now()
        await pairing_store.note_polled(tx, pairing.code, now)
        if pairing.is_polled_too_soon(now):
            return _claimed(pairing, PairingState.SLOW_DOWN, now, poll_every_s=_SLOWED_POLL_S)
        state = pairing.state(now)
        if state is not PairingState.APPROVED or pairing.device_id is None:
            return _claimed(pairing, state, now)
        return await _hand_over(tx, pairing, pairing.device_id, now)


async def look_up(database: Database, actor: Actor, code: str, caller: Caller) -> PairingRequest:
    """The screen that shows a code, for who is about to decide about it.

    Raises:
        CodeUnknown
        TooManyRequests: this person has typed too many wrong codes.
        DatabaseUnavailable
    """
    async with _trying(database, actor, caller), database.unit_of_work() as tx:
        pairing = await pairing_store.by_code(tx, code)
        if pairing is None or not pairing.is_open(await tx.now()):
            raise CodeUnknown()
    return PairingRequest(
        code=pairing.code,
        name=pairing.name,
        address=pairing.address,
        asked_at=pairing.created_at,
        expires_at=pairing.expires_at,
    )


async def approve(
    database: Database, commands: Commands, request: Request, body: ApprovePairing
) -> Configured:
    """The screen that shows this code becomes a display of the organization.

    Raises:
        CodeUnknown
        TooManyRequests: this person has typed too many wrong codes.
    """

    async def decide(desk: Desk) -> Configured:
        pairing = await _locked(desk, body.code)
        device_id = DeviceId(uuid4())
        await device_store.add(
            desk.tx,
            device_id=device_id,
            organization_id=desk.organization_id,
            name=body.name,
            # Of a key that nobody has; the screen's own is made when it comes for it.
            key_hash=hash_device_key(new_device_key()),
            paired_by=desk.user_id,
        )
        await pairing_store.approve(
            desk.tx,
            pairing.code,
            organization_id=desk.organization_id,
            device_id=device_id,
            expires_at=await desk.tx.now() + rules.CODE_LIVES,
        )
        desk.audit("device", device_id, name=body.name, machine=pairing.name, screen_address=pairing.address)
        return await say_configured(desk, device_id)

    async with _trying(database, request.actor, _caller_of(request)):
        return await commands.run(
            request,
            name="pair_device",
            permission=Permission.DEVICES_UPDATE,
            body=body,
            answer_type=Configured,
            decide=decide,
        )


async def refuse(database: Database, commands: Commands, request: Request, body: RefusePairing) -> Answer:
    """The screen that shows this code is none of ours; it is told so.

    Raises:
        CodeUnknown
        TooManyRequests: this person has typed too many wrong codes.
    """

    async def decide(desk: Desk) -> Answer:
        pairing = await _locked(desk, body.code)
        await pairing_store.refuse(desk.tx, pairing.code, await desk.tx.now())
        desk.changes.append(
            journal.Change(
                entity_type="device_pairing",
                details={"machine": pairing.name, "screen_address": pairing.address},
            )
        )
        return Answer(revision=desk.last_revision)

    async with _trying(database, request.actor, _caller_of(request)):
        return await commands.run(
            request,
            name="refuse_device",
            permission=Permission.DEVICES_UPDATE,
            body=body,
            answer_type=Answer,
            decide=decide,
        )


async def forget_over(database: Database, commands: Commands) -> None:
    """Forget codes that are out of time, and take back the displays whose screens never came for a key.

    Raises:
        DatabaseUnavailable
    """
    async with database.unit_of_work() as tx:
        lost = await pairing_store.unfetched(tx, await tx.now())
    for each in lost:
        await take_back(commands, each.organization_id, each.device_id)
    async with database.unit_of_work() as tx:
        now = await tx.now()
        await pairing_store.forget_over(tx, now)
        await pairing_store.forget_tries(tx, older_than=rules.TRIES_WITHIN, now=now)


async def _require_room(tx: Tx, caller: Caller, now: datetime) -> None:
    waiting = await pairing_store.waiting(tx, network=None, now=now)
    rules.require_room(waiting.count, at_most=rules.MOST_OPEN, oldest_ends_at=waiting.oldest_ends_at, now=now)
    if caller.address is None:
        return
    near = await pairing_store.waiting(tx, network=rules.neighbourhood(caller.address), now=now)
    rules.require_room(
        near.count, at_most=rules.MOST_OPEN_PER_ADDRESS, oldest_ends_at=near.oldest_ends_at, now=now
    )


async def _hand_over(tx: Tx, pairing: Pairing, device_id: DeviceId, now: datetime) -> PairingClaimed:
    key = new_device_key()
    if not await device_store.give_key(tx, device_id, hash_device_key(key)):
        # It has connected since, or was revoked: this secret brings nothing any more.
        return _claimed(pairing, PairingState.EXPIRED, now)
    assert pairing.organization_id is not None, "an approved pairing has an organization"
    device = await device_store.find(tx, pairing.organization_id, device_id)
    return PairingClaimed(
        state=PairingState.APPROVED,
        poll_every_s=_POLL_EVERY_S,
        device_key=key,
        device_id=device_id,
        name=device and device.name,
    )


async def _locked(desk: Desk, code: str) -> Pairing:
    pairing = await pairing_store.by_code(desk.tx, code, lock=True)
    if pairing is None or not pairing.is_open(await desk.tx.now()):
        raise CodeUnknown()
    return pairing


@asynccontextmanager
async def _trying(database: Database, actor: Actor, caller: Caller) -> AsyncIterator[None]:
    """Count a code that an admin tries, if it is wrong.

    It is counted first and taken back when it was right: of a hundred tries at once, five are looked at.
    """
    async with database.unit_of_work() as tx:
        now = await tx.now()
        tried = await pairing_store.count_try(tx, actor.user_id, within=rules.TRIES_WITHIN, now=now)
    rules.require_tries_left(tried, now)
    try:
        yield
    except CodeUnknown:
        async with database.unit_of_work() as tx:
            entry = journal.AuditEntry(
                user_id=actor.user_id,
                action="pairing_code_unknown",
                entity_type="device_pairing",
                address=caller.address,
                user_agent=caller.user_agent,
            )
            await journal.log(tx, actor.organization_id, entry)
        raise
    except Exception:
        # Whatever else it was, it was no wrong code.
        await _take_back_try(database, actor)
        raise
    else:
        await _take_back_try(database, actor)


async def _take_back_try(database: Database, actor: Actor) -> None:
    async with database.unit_of_work() as tx:
        await pairing_store.take_back_try(tx, actor.user_id)


def _caller_of(request: Request) -> Caller:
    return Caller(address=request.address, user_agent=request.user_agent)


def _claimed(
    pairing: Pairing, state: PairingState, now: datetime, *, poll_every_s: int = _POLL_EVERY_S
) -> PairingClaimed:
    waits = state in {PairingState.PENDING, PairingState.SLOW_DOWN}
    return PairingClaimed(
        state=state, expires_in_s=_left_s(pairing, now) if waits else None, poll_every_s=poll_every_s
    )


def _left_s(pairing: Pairing, now: datetime) -> int:
    return max(0, round((pairing.expires_at - now).total_seconds()))


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _hash(secret: str) -> bytes:
    """What is kept of a secret: it is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()

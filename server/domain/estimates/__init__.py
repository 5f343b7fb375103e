"""Waiting times: always a range. `learn` reads past days, `estimate` answers for a newcomer."""

from server.domain.estimates.estimating import estimate
from server.domain.estimates.learning import learn
from server.domain.estimates.simple import wait_of_newcomer

__all__ = ["estimate", "learn", "wait_of_newcomer"]

"""What a run has learnt from the answers: ids, keys and versions, to ask for things that are there.

Schemathesis follows the links that it finds in the document. What they do not lead to is put in here: most
requests are then about something real, some of them about something that was deleted a moment ago.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from schemathesis import Case, Response

ENTITIES = {
    "token": "token_id", "tokens": "token_id", "waiting": "token_id", "counter": "counter_id",
    "counters": "counter_id", "configurations": "counter_id", "person": "user_id", "users": "user_id",
    "people": "user_id", "device": "device_id", "devices": "device_id", "announcement": "announcement_id",
    "announcements": "announcement_id", "organization": "organization_id",
}  # fmt: skip
"""Under which word a thing with an id stands, and what its id is called elsewhere."""

LEARNT_FIELDS = {
    "customer_type", "key", "code", "secret", "refresh_jwt", "username", "email", "number", "cursor",
    "next_cursor", "label", "prefix", *ENTITIES.values(),
}  # fmt: skip
ALSO_CALLED = {
    "customer_types": "customer_type", "key": "customer_type", "next_cursor": "cursor",
}  # fmt: skip

REMEMBERED = 30
REAL = 0.85
"""How many of the values that could be real ones are."""


class Memory:
    """Remembers the newest values of each name."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._values: defaultdict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._versions: dict[str, str] = {}
        self._request_ids: deque[str] = deque(maxlen=REMEMBERED)

    def know(self, values: Mapping[str, Iterable[Any]]) -> None:
        """What there is from the start, by name."""
        for name, each in values.items():
            self._values[name].extend(each)

    def learn(self, case: Case, response: Response) -> None:
        """Look through an answer."""
        if response.status_code >= 300 or not response.content:
            return
        etag = response.headers.get("etag")
        if etag:
            self._versions[case.formatted_path] = etag[0]
        last_word = case.path.rstrip("/").rpartition("/")[2]
        self._walk(last_word, response.json(), case.path)

    def use(self, case: Case) -> None:
        """Put real values into a request, here and there."""
        for name in case.path_parameters or {}:
            self._replace(case.path_parameters, name)
        for name in ("customer_type", "cursor", "number"):
            if name in (case.query or {}):
                self._replace(case.query, name)
        if isinstance(case.body, dict):
            for name in case.body:
                self._replace(case.body, name)
        headers = {name.lower(): name for name in case.headers or {}}
        if "if-match" in headers and self._dares():
            known = self._versions.get(case.formatted_path) or f'"{self._random.randrange(4)}"'
            case.headers[headers["if-match"]] = known
        if "idempotency-key" in headers:
            if self._request_ids and self._random.random() < 0.05:
                case.headers[headers["idempotency-key"]] = self._random.choice(self._request_ids)
            self._request_ids.append(case.headers[headers["idempotency-key"]])

    def _walk(self, word: str, value: Any, path: str) -> None:
        if isinstance(value, list):
            for each in value[:REMEMBERED]:
                self._walk(word, each, path)
        elif isinstance(value, dict):
            if "items" in value:
                self._walk(word, value["items"], path)
            if word in ENTITIES and isinstance(value.get("id"), str):
                self._values[ENTITIES[word]].append(value["id"])
                if "version" in value:
                    self._versions[f"{path}/{value['id']}"] = f'"{value["version"]}"'
            for name, inner in value.items():
                if name in LEARNT_FIELDS and isinstance(inner, str | int):
                    self._values[ALSO_CALLED.get(name, name)].append(inner)
                self._walk(name, inner, path)

    def _replace(self, container: Any, name: str) -> None:
        known = self._values.get(ALSO_CALLED.get(name, name))
        if not known or not self._dares():
            return
        if isinstance(container[name], list):
            container[name] = self._random.sample(list(known), k=min(2, len(known)))
        else:
            container[name] = self._random.choice(known)

    def _dares(self) -> bool:
        return self._random.random() < REAL

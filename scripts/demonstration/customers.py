"""Customers as a company's Kafka topics hold them: seeded, and different from each other in every way that matters."""

from __future__ import annotations

import datetime
import json
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from faker import Faker

LOCALES = {"de_DE": "EUR", "fr_FR": "EUR", "el_GR": "EUR", "en_GB": "GBP", "pl_PL": "PLN", "ja_JP": "JPY"}
FIRST_CHANGE = datetime.datetime(2024, 5, 1, 8, 0, tzinfo=datetime.UTC)
EPOCH = datetime.date(1970, 1, 1)

# Below this many bytes a value may stand in other text, or in a ciphertext, by chance.
LEAST_TELLING_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Customer:
    """One change of one customer."""

    id: str
    content: dict[str, Any] | None
    """The members in their order; None for a customer who was deleted."""
    timestamp: int
    headers: tuple[tuple[str, bytes | None], ...]
    spelling: int
    """Which of the ways to write JSON its producer has."""

    @property
    def json(self) -> bytes | None:
        """The customer as JSON, spelled in one of the ways that producers have."""
        match self.spelling:
            case _ if self.content is None:
                return None
            case 0:
                text = json.dumps(self.content, ensure_ascii=False, indent=2)
            case 1:
                text = json.dumps(self.content, ensure_ascii=True, separators=(" , ", " : "))
            case 2:
                text = json.dumps(self.content, ensure_ascii=False) + "\r\n"
            case _:
                text = json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    @property
    def avro(self) -> dict[str, Any] | None:
        """The customer as confluent-kafka's serializer takes it."""
        if self.content is None:
            return None
        return {
            **self.content,
            "birthDate": datetime.date.fromisoformat(self.content["birthDate"]),
            "email": self.content.get("email"),
            "phone": self.content.get("phone"),
        }

    @property
    def secrets(self) -> set[bytes]:
        """The values of the sealed fields in each way that JSON or Avro writes them, where telling enough."""
        if self.content is None:
            return set()
        found: set[bytes] = set()
        texts = [self.content.get(name) for name in ("name", "nationalId", "birthDate", "email", "phone")]
        texts += [self.content["address"]["street"]] + [account["iban"] for account in self.content["accounts"]]
        for text in texts:
            if text is not None:
                found |= {text.encode(), json.dumps(text)[1:-1].encode()}
        for account in self.content["accounts"]:
            found |= {json.dumps(account["balance"]).encode(), struct.pack("<d", account["balance"])}
        return {secret for secret in found if len(secret) >= LEAST_TELLING_LENGTH}


def customers(count: int, seed: int) -> Iterator[Customer]:
    """The same `count` customers for the same seed and version of Faker."""
    chance = random.Random(seed)
    fakers = {locale: Faker(locale) for locale in LOCALES}
    for number, faker in enumerate(fakers.values()):
        faker.seed_instance(seed + number)
    for number in range(count):
        locale = chance.choice(list(LOCALES))
        time = FIRST_CHANGE + datetime.timedelta(milliseconds=37 * number)
        identity = f"C-{number:08d}"
        deleted = chance.random() < 0.005
        yield Customer(
            id=identity,
            content=None if deleted else _content(identity, locale, fakers[locale], chance, time),
            timestamp=int(time.timestamp() * 1000),
            headers=_headers(chance),
            spelling=chance.randrange(4),
        )


def _content(
    identity: str, locale: str, faker: Faker, chance: random.Random, time: datetime.datetime
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "customerId": identity,
        "name": faker.name(),
        "nationalId": f"{chance.randrange(10**11):011d}",
        "birthDate": (EPOCH + datetime.timedelta(days=chance.randrange(-9000, 13000))).isoformat(),
    }
    # Some have no address, or have it as null.
    if chance.random() < 0.95:
        content["email"] = None if chance.random() < 0.05 else faker.email()
    if chance.random() < 0.8:
        content["phone"] = faker.phone_number()
    content |= {
        "address": {
            "street": faker.street_address() if locale != "ja_JP" else faker.chome() + faker.ban(),
            "postcode": faker.postcode(),
            "city": faker.city(),
            "country": locale[-2:],
        },
        "accounts": [
            {"iban": faker.iban(), "currency": LOCALES[locale], "balance": round(chance.uniform(-500, 90_000), 2)}
            for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))
        ],
        "segment": chance.choice(("basic", "plus", "premium")),
        "consents": {"newsletter": chance.random() < 0.4, "profiling": chance.random() < 0.2},
        "remark": faker.sentence(nb_words=chance.randrange(4, 30)),
        "updatedAt": int(time.timestamp() * 1000),
    }
    return content


def _headers(chance: random.Random) -> tuple[tuple[str, bytes | None], ...]:
    headers: list[tuple[str, bytes | None]] = [("trace-id", chance.randbytes(16))]
    if chance.random() < 0.5:
        headers.append(("source", chance.choice((b"crm", b"shop", b"branch"))))
    if chance.random() < 0.1:
        headers += [("tag", b"migrated"), ("tag", None), ("tag", b"migrated")]
    return tuple(headers)

"""Queries of the catalogue's entries."""

from __future__ import annotations

import sqlite3

from knowledge.errors import UnknownKey
from knowledge.models import (
    CredentialType,
    Destination,
    Field,
    Industry,
    Institution,
    Mode,
    NameLink,
    OtherName,
    Place,
    Provider,
)
from knowledge.queries.db import Reader, kept, name_link

_FIELDS_OF = (
    "SELECT f.key, f.name, f.listed FROM {0}_field AS l JOIN field AS f ON f.key = l.field "
    "WHERE l.{0} = ? ORDER BY l.position"
)
_STRENGTHS_OF = (
    "SELECT f.key, f.name, f.listed FROM strength AS s JOIN field AS f ON f.key = s.field WHERE s.{0} = ? ORDER BY s.id"
)
_DESCRIBED_BY = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, key FROM {kind} WHERE topic = ?" for kind in ("type", "destination", "industry")
)
_BY_KEY = "SELECT * FROM {0} WHERE key = ?"
NAMED = ("destination", "place", "institution", "field", "type", "provider", "industry", "program", "mode")


class CatalogueQueries(Reader):
    """Queries for catalogue entries by kind and key; each raises UnknownKey if there is no such entry."""

    @kept
    def name(self, kind: str, key: str) -> NameLink:
        """Return the name of an entry of any kind, without its details."""
        if kind not in NAMED:
            raise UnknownKey("kind", kind)
        columns = "key, name, short" if kind == "destination" else "key, name"
        return name_link(self.row(kind, key, f"SELECT {columns} FROM {kind} WHERE key = ?"))

    @kept
    def has_name(self, kind: str, key: str) -> bool:
        """Return whether there is an entry of this kind with this key."""
        return kind in NAMED and bool(self.rows(f"SELECT 1 FROM {kind} WHERE key = ?", key))

    @kept
    def described_by(self, topic: str) -> tuple[str, str] | None:
        """Return kind and key of the type, destination or industry that a topic describes, or None."""
        rows = self.rows(_DESCRIBED_BY, topic, topic, topic)
        return (rows[0]["kind"], rows[0]["key"]) if rows else None

    def names(self, kind: str) -> list[NameLink]:
        """Return the names of all entries of a kind, in alphabetical order."""
        if kind not in NAMED:
            raise UnknownKey("kind", kind)
        columns = "key, name, short" if kind == "destination" else "key, name"
        return [name_link(row) for row in self.rows(f"SELECT {columns} FROM {kind} ORDER BY name, key")]

    @kept
    def destination(self, key: str) -> Destination:
        """Return a destination with its fields and institutions."""
        row = self.row("destination", key, _BY_KEY.format("destination"))
        return Destination(
            key=key,
            name=row["name"],
            short=row["short"],
            adjective=row["adjective"],
            about=row["about"],
            fields=self._fields(_FIELDS_OF.format("destination"), key),
            strengths=self._fields(_STRENGTHS_OF.format("destination"), key),
            institutions=tuple(self._institutions("WHERE destination = ?", key)),
            platform=self._link("provider", row["platform"]),
            topic=self.topic_link(row["topic"]),
            source=self.source(row["source"]),
        )

    def destinations(self) -> list[Destination]:
        """Return all destinations in the catalogue's order."""
        return [self.destination(key) for key in self.column("SELECT key FROM destination ORDER BY position")]

    @kept
    def place(self, key: str) -> Place:
        """Return a place with the destination that it lies in, if any."""
        row = self.row("place", key, _BY_KEY.format("place"))
        return Place(
            key=key,
            name=row["name"],
            destination=self.destination(row["part_of"]) if row["part_of"] else None,
            note=row["note"],
            strengths=self._fields(_STRENGTHS_OF.format("place"), key),
            source=self.source(row["source"]),
        )

    @kept
    def institution(self, key: str) -> Institution:
        """Return an institution."""
        for institution in self._institutions("WHERE key = ?", key):
            return institution
        raise UnknownKey("institution", key)

    def institutions(self) -> list[Institution]:
        """Return all institutions in the catalogue's order."""
        return self._institutions("")

    @kept
    def field(self, key: str) -> Field:
        """Return a field."""
        return _field(self.row("field", key, "SELECT key, name, listed FROM field WHERE key = ?"))

    def fields(self) -> list[Field]:
        """Return all fields by name, including those that the guide does not list."""
        return list(self._fields("SELECT key, name, listed FROM field ORDER BY name, key"))

    @kept
    def type(self, key: str) -> CredentialType:
        """Return a type of credential."""
        row = self.row("type", key, _BY_KEY.format("type"))
        return CredentialType(
            key=key,
            name=row["name"],
            plural=row["plural"],
            offered_by=row["offered_by"],
            focus=row["focus"],
            examples=tuple(self.column("SELECT text FROM type_example WHERE type = ? ORDER BY position", key)),
            providers=self._links(
                "provider", "SELECT provider FROM type_provider WHERE type = ? ORDER BY position", key
            ),
            fields=self._fields(_FIELDS_OF.format("type"), key),
            topic=self.topic_link(row["topic"]),
            source=self.source(row["source"]),
        )

    def types(self) -> list[CredentialType]:
        """Return all types of credentials in the catalogue's order."""
        return [self.type(key) for key in self.column("SELECT key FROM type ORDER BY position")]

    def types_for_field(self, field_key: str) -> list[CredentialType]:
        """Return the types that the guide names for exactly this field."""
        self.field(field_key)
        sql = "SELECT key FROM type JOIN type_field ON type = key WHERE field = ? ORDER BY type.position"
        return [self.type(key) for key in self.column(sql, field_key)]

    @kept
    def provider(self, key: str) -> Provider:
        """Return a provider."""
        row = self.row("provider", key, _BY_KEY.format("provider"))
        return Provider(
            key=key,
            name=row["name"],
            role=row["role"],
            about=row["about"],
            types=self._links("type", "SELECT type FROM provider_type WHERE provider = ? ORDER BY position", key),
            destination=self._link("destination", row["destination"]),
            topic=self.topic_link(row["topic"]),
            source=self.source(row["source"]),
        )

    def providers(self) -> list[Provider]:
        """Return all providers by name."""
        return [self.provider(key) for key in self.column("SELECT key FROM provider ORDER BY name, key")]

    @kept
    def industry(self, key: str) -> Industry:
        """Return an industry."""
        row = self.row("industry", key, _BY_KEY.format("industry"))
        return Industry(
            key=key,
            name=row["name"],
            areas=tuple(self.column("SELECT text FROM industry_area WHERE industry = ? ORDER BY position", key)),
            embraces=bool(row["embraces"]),
            acceptance=row["acceptance"],
            topic=self.topic_link(row["topic"]),
            source=self.source(row["source"]),
        )

    def industries(self) -> list[Industry]:
        """Return all industries in the catalogue's order."""
        return [self.industry(key) for key in self.column("SELECT key FROM industry ORDER BY position")]

    @kept
    def mode(self, key: str) -> Mode:
        """Return a mode of study."""
        return Mode(*self.row("mode", key, "SELECT key, name FROM mode WHERE key = ?"))

    @kept
    def other_name(self, kind: str, key: str) -> OtherName:
        """Return a name that the guide does not cover; its kind is institution, provider, industry or field."""
        for row in self.rows("SELECT kind, key, name FROM other_name WHERE kind = ? AND key = ?", kind, key):
            return OtherName(*row)
        raise UnknownKey(f"other {kind}", key)

    def _fields(self, sql: str, *values: str) -> tuple[Field, ...]:
        return tuple(_field(row) for row in self.rows(sql, *values))

    def _institutions(self, where: str, *values: str) -> list[Institution]:
        return [
            Institution(
                key=row["key"],
                name=row["name"],
                destination=self._link("destination", row["destination"]),
                country=row["country"],
                note=row["note"],
                source=self.source(row["source"]),
            )
            for row in self.rows(f"SELECT * FROM institution {where} ORDER BY position", *values)
        ]

    def _link(self, kind: str, key: str | None) -> NameLink | None:
        return self.name(kind, key) if key else None

    def _links(self, kind: str, sql: str, key: str) -> tuple[NameLink, ...]:
        return tuple(self.name(kind, each) for each in self.column(sql, key))


def _field(row: sqlite3.Row) -> Field:
    return Field(row["key"], row["name"], bool(row["listed"]))

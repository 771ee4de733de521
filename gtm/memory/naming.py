"""Giving words a meaning in a workspace: checked against all that they may mean already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, Protocol
from uuid import UUID

from gtm.audit.base import Door
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.language.analyst import MakeAnalyst
from gtm.language.lexicon import Vocabulary, build_vocabulary, to_phrase
from gtm.language.outcome import Clarify, Match, ValueMatch, WordMatch
from gtm.language.words import LIGHT, STRUCTURE
from gtm.memory.places import Place
from gtm.memory.synonyms import (
    NewSynonym,
    Synonym,
    SynonymKind,
    SynonymStore,
    TermTakenError,
    UnknownValueError,
)
from gtm.semantics.catalog import Catalog, Dimension

_MAX_WORDS: Final = 6
_OTHER: Final = "Choose a word or a phrase that means nothing else."


class FindValues(Protocol):
    """Looks up what terms stand for in a workspace."""

    async def __call__(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: Door
    ) -> Sequence[Match]:
        """Return it."""
        ...


class Synonyms:
    """A workspace's own words, for admins to add to."""

    def __init__(
        self,
        store: SynonymStore,
        analyst: MakeAnalyst,
        catalog: Catalog,
        *,
        find_values: FindValues,
        clock: Clock,
    ) -> None:
        self._store = store
        self._analyst = analyst
        self._catalog = catalog
        self._find_values = find_values
        self._clock = clock

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return build_vocabulary(self._catalog)

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Synonym, ...]:
        """Return the workspace's words, the latest first."""
        return await self._store.page(tenant, limit=limit, after=after)

    def is_known(self, synonym: Synonym) -> bool:
        """Return whether the catalogue still has what a word stands for."""
        return synonym.name in self._names(synonym.kind)

    async def add(
        self,
        tenant: TenantContext,
        term: str,
        *,
        kind: SynonymKind,
        name: str,
        value: str | None = None,
    ) -> Synonym:
        """Give a word a meaning.

        Raises InvalidQueryError, UnknownValueError, TermTakenError, SynonymExistsError and
        TooManySynonymsError.
        """
        if kind == "metric":
            self._catalog.metric(name)
        else:
            dimension = self._catalog.dimension(name)
            if kind == "value":
                value = await self._spelled(tenant, dimension, value or "")
        phrase = to_phrase(term)
        self._check_meaning(term, phrase)
        await self._check_names(tenant, term)
        new = NewSynonym(term, " ".join(phrase), kind, name, value if kind == "value" else None)
        return await self._store.add(tenant, new)

    async def remove(self, tenant: TenantContext, synonym_id: UUID) -> None:
        """Take a word's meaning away. Raises NotFoundError."""
        await self._store.remove(tenant, synonym_id)

    def _names(self, kind: SynonymKind) -> Mapping[str, object]:
        return self._catalog.metrics if kind == "metric" else self._catalog.dimensions

    async def _spelled(self, tenant: TenantContext, dimension: Dimension, value: str) -> str:
        """Return a value as the data spells it. Raises UnknownValueError."""
        for known in dimension.values:
            if known.casefold() == value.strip().casefold():
                return known
        found = await self._find_values(tenant, [value], caller=tenant.door)
        alike = [
            item
            for item in found
            if isinstance(item, ValueMatch) and item.dimension == dimension.name
        ]
        for item in alike:
            if item.is_exact:
                return item.value
        raise UnknownValueError(
            f"{dimension.label} has no value {value!r} in this workspace's data.",
            hint="Write it as the data does; the values used most are known.",
            nearest=[item.value for item in alike] or tuple(dimension.values)[:5],
        )

    def _check_meaning(self, term: str, phrase: tuple[str, ...]) -> None:
        """Refuse what a question with the term would be read by already."""
        outcome = self._analyst().understand(term, today=self._clock.today())
        strange = outcome.strange if isinstance(outcome, Clarify) else ()
        # A small word by itself stands for nothing either, and still holds others together.
        free = {word for item in strange for word in to_phrase(item)} - LIGHT - set(STRUCTURE)
        if not phrase or not free:
            raise TermTakenError(f"{term!r} is understood in questions already.", hint=_OTHER)
        if len(phrase) > _MAX_WORDS:
            raise TermTakenError(
                f"A term has {_MAX_WORDS} words at most; this one has {len(phrase)}.", hint=_OTHER
            )
        for word in phrase:
            if word not in free and not self._is_content(word):
                raise TermTakenError(
                    f"{word!r} has a part of its own in a question, so {term!r} can't be one word.",
                    hint=_OTHER,
                )

    def _is_content(self, word: str) -> bool:
        """Tell words that may be part of a name from those that hold a question together."""
        if word in STRUCTURE or word.isdecimal():
            return False
        return word in LIGHT or bool(self._vocabulary.lookup([word]))

    async def _check_names(self, tenant: TenantContext, term: str) -> None:
        """Refuse a word that is a name in the workspace's data, or one of its own."""
        for item in await self._find_values(tenant, [term], caller=tenant.door):
            if isinstance(item, WordMatch) or not item.is_exact:
                continue
            label = self._catalog.dimensions[item.dimension].label.lower()
            raise TermTakenError(f"{term!r} is a {label} in this workspace's data.", hint=_OTHER)

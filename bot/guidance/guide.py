"""The guide: answers from the knowledge base, for one reader on one day.

Everything is read once by ``load`` and never changed, so one guide serves all threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.guidance.articles import Article, ArticleText, Template, within
from bot.guidance.facts import Missing, Value, value_on
from bot.guidance.glossary import explain
from bot.guidance.history import held_on
from bot.guidance.loading import Knowledge, read_knowledge
from bot.guidance.model import Audience, Choice, Context, Message, Number, SearchResult, SourceNote
from bot.guidance.municipalities import Municipality
from bot.guidance.questions import question
from bot.guidance.reading import KnowledgeError
from bot.guidance.rendering import Rendered, contact_label, in_language, render
from bot.guidance.search import Search
from bot.languages import languages
from bot.texts import TextError, text

__all__ = ["Guide", "KnowledgeError", "Missing", "UnknownTopic", "Value"]

MAX_RELATED = 4
NORWEGIAN = ("nb", "nn")


class UnknownTopic(LookupError):  # noqa: N818 - the name is part of the interface
    """There is no article that this audience can read about the topic."""


class Guide:
    """Answers from one knowledge base."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.revision = knowledge.revision
        self._search = Search(self)

    @classmethod
    def load(cls, knowledge: Path) -> Guide:
        """Read the knowledge base below a folder; raises KnowledgeError at the first fault."""
        return cls(read_knowledge(knowledge))

    # -- what there is

    def topics(self, audience: Audience) -> tuple[str, ...]:
        """The topics of an audience that have an article, in the order of topics.yml."""
        return tuple(
            topic.id
            for topic in self.knowledge.topics.values()
            if topic.is_for(audience) and self._is_readable(topic.id, audience)
        )

    def areas(self, audience: Audience) -> tuple[str, ...]:
        """The areas in which an audience has at least one answer, in the order of topics.yml."""
        return tuple(dict.fromkeys(self.knowledge.topics[topic].area for topic in self.topics(audience)))

    def area(self, topic: str) -> str:
        """The area of a topic; raises UnknownTopic."""
        if topic not in self.knowledge.topics:
            raise UnknownTopic(topic)
        return self.knowledge.topics[topic].area

    def municipalities(self) -> tuple[Municipality, ...]:
        """The municipalities that can be chosen, by name."""
        offered = (entry for entry in self.knowledge.municipalities.values() if entry.stage == "offered")
        return tuple(sorted(offered, key=lambda entry: entry.name))

    def municipality(self, slug: str | None) -> Municipality | None:
        """The municipality of that slug; None when there is none."""
        return self.knowledge.municipalities.get(slug or "")

    def has_topic(self, topic: str) -> bool:
        """Tell whether anybody gets an answer on the topic."""
        return self._is_readable(topic, "parent") or self._is_readable(topic, "staff")

    def can_answer(self, topic: str, audience: Audience) -> bool:
        """Tell whether ``answer`` has something for this audience."""
        return self._is_readable(topic, audience)

    def _is_readable(self, topic: str, audience: Audience) -> bool:
        # Without the Norwegian text "show in Norwegian" would fail, so such an article does not count yet.
        article = self.knowledge.articles.get(topic)
        return article is not None and "nb" in article.texts(audience)

    def _article(self, topic: str, audience: Audience) -> Article:
        if not self._is_readable(topic, audience):
            raise UnknownTopic(topic)
        return self.knowledge.articles[topic]

    def title(self, topic: str, language: str, audience: Audience = "parent") -> str:
        """The topic's title, a short question, in a language or its first fallback; raises UnknownTopic."""
        if not self._is_readable(topic, audience):
            audience = "staff" if audience == "parent" else "parent"
        article = self._article(topic, audience)
        return self._text(article, audience, language, None).title

    # -- answering

    def answer(self, topic: str, context: Context, *, beside: tuple[str, ...] = ()) -> Message:
        """The answer for one reader on one day; raises UnknownTopic.

        ``beside`` are other topics that may have been meant: they stand before the related ones.
        """
        article = self._article(topic, context.audience)
        municipality = self.municipality(context.municipality)
        variant = self._variant(article, context, municipality)
        source = self._text(article, context.audience, context.language, variant)
        template = source.variants.get(variant, source.main) if variant else source.main
        rendered = self.render(template, source.language, context)
        body = rendered.text
        if context.asked_day and context.audience == "staff":
            body += "\n\n" + held_on(self, article, context, source.language)
        choices: list[Choice] = []
        if context.audience == "parent":
            asked = question(article, context, municipality.zones if municipality else ())
            if asked:
                body += "\n\n" + text(asked.key, source.language).value
                choices += asked.choices(context.language)
        choices += [
            Choice(self.title(related, context.language, context.audience), f"topic:{related}")
            for related in dict.fromkeys((*beside, *article.related))
            if related != topic and self._is_readable(related, context.audience)
        ][:MAX_RELATED]
        if source.language not in NORWEGIAN:
            choices.append(Choice(text("choice.norwegian", context.language).value, "norwegian"))
        choices.append(Choice(text("choice.human", context.language).value, "human"))
        return Message(
            kind="answer",
            text=body,
            language=source.language,
            direction=languages()[source.language].direction,
            topic=topic,
            choices=tuple(choices),
            sources=self._sources(article, rendered, context, municipality, source.language),
            notices=self._notices(article, source, variant, rendered, context, municipality),
            numbers=self._numbers_in(rendered, context),
            terms=explain(article.terms, self.knowledge.glossary, source.language),
        )

    def brief(self, topic: str, context: Context) -> str | None:
        """The general rule in one or two sentences; None when the reader's language has no such text."""
        article = self.knowledge.articles.get(topic)
        source = article.parent_texts.get(context.language) if article else None
        if source is None or source.brief is None:
            return None
        return self.render(source.brief, source.language, context).text

    def fact(self, fact_id: str, on: date, municipality: str | None = None) -> Value | Missing:
        """What a fact says on a day, with the municipality's own value where it may have one."""
        fact = self.knowledge.facts.get(fact_id)
        if fact is None:
            return Missing(fact_id)
        place = self.municipality(municipality)
        return value_on(fact, on, place.overrides.get(fact_id) if place else None)

    def numbers(self, fact_ids: Iterable[str], context: Context) -> tuple[Number, ...]:
        """The telephone numbers of facts and of ``contact:<kind>``, each once; what is missing is left out.

        An invented municipality's numbers are left out too: these lists are for people in danger.
        """
        found: list[Number] = []
        municipality = self.municipality(context.municipality)
        for name in fact_ids:
            kind = name.removeprefix("contact:")
            if kind != name:
                contact = municipality.contacts.get(kind) if municipality and not municipality.example else None
                if contact and contact.phone:
                    found.append(Number(contact_label(kind, contact, context.language), contact.phone))
                continue
            value = self.fact(name, context.on)
            if isinstance(value, Value) and value.unit == "phone":
                found.append(Number(self._number_label(name, context.language), str(value.value)))
        return tuple({number.number: number for number in reversed(found)}.values())[::-1]

    def search(self, query: str, *, language: str, audience: Audience, on: date) -> tuple[SearchResult, ...]:
        """The topics that fit a query, best first."""
        return self._search.find(query, language=language, audience=audience, on=on)

    def render(self, template: Template, language: str, context: Context) -> Rendered:
        """Fill in a template for a reader."""
        return render(
            template,
            language,
            lambda fact_id: self.fact(fact_id, context.on, context.municipality),
            self.municipality(context.municipality),
        )

    # -- parts of an answer

    def _variant(self, article: Article, context: Context, municipality: Municipality | None) -> str | None:
        zones = municipality.zones if municipality else ()
        written = article.texts(context.audience)["nb"].variants
        for variant in article.variants:
            if variant.id in written and variant.when.holds(
                situation=context.situation, zones=zones, child_age=context.child_age, on=context.on
            ):
                return variant.id
        return None

    @staticmethod
    def _is_dated(article: Article, variant: str | None) -> bool:
        return any(entry.id == variant and entry.when.is_dated for entry in article.variants)

    def _text(self, article: Article, audience: Audience, language: str, variant: str | None) -> ArticleText:
        """The text in the language, else in the first fallback; a parents' text must have the variant itself."""
        texts = article.texts(audience)
        fallbacks = languages()[language].fallbacks
        # Rules for staff are written in Norwegian first; a lagging English text is no better than that.
        chain = (language, "nb") if audience == "staff" else (language, *fallbacks, "nb")
        for code in chain:
            if code in texts and (variant is None or texts[code].staff or variant in texts[code].variants):
                return texts[code]
        return texts["nb"]

    def _sources(
        self,
        article: Article,
        rendered: Rendered,
        context: Context,
        municipality: Municipality | None,
        language: str,
    ) -> tuple[SourceNote, ...]:
        found: dict[tuple[str, str], SourceNote] = {}
        uses: list[tuple[str, str, date | None]] = [
            (reference.source, reference.section, None)
            for reference in article.sources
            if within(reference.starts, reference.ends, context.on)
        ]
        uses += [(value.source, value.section, value.last_checked) for value in rendered.values]
        for kind in article.links:
            page = municipality.links.get(kind) if municipality else None
            if municipality and page:
                title = text(f"link.{kind}", language).value
                day = municipality.links_checked or date.min
                found[kind, ""] = SourceNote(f"{title} ({municipality.name})", page, "", day.isoformat())
        for key, section, checked in uses:
            source = self.knowledge.sources.get(key)
            if source is None:
                continue
            day = min(source.checked, checked) if checked else source.checked
            law = f"{source.title} {section}".strip() if source.law else ""
            known = found.get((key, law))
            if known is None or day.isoformat() < known.checked:
                found[key, law] = SourceNote(source.title, source.url, law, day.isoformat())
        return tuple(found.values())

    def _notices(
        self,
        article: Article,
        source: ArticleText,
        variant: str | None,
        rendered: Rendered,
        context: Context,
        municipality: Municipality | None,
    ) -> tuple[str, ...]:
        notices = []
        if source.language != context.language:
            notices.append("fallback_language")
        if source.status != "reviewed":
            notices.append("machine_translation" if source.status == "machine" else "draft")
        if source.revision < article.revision:
            notices.append("outdated_translation")
        notices += rendered.notices
        if article.since and context.on < article.since and not self._is_dated(article, variant):
            notices.append("newer_rule")
        if municipality and municipality.example and rendered.is_local:
            notices.append("example_municipality")
        return tuple(dict.fromkeys(notices))

    def _numbers_in(self, rendered: Rendered, context: Context) -> tuple[Number, ...]:
        found = [
            Number(self._number_label(value.fact, context.language), str(value.value))
            for value in rendered.values
            if value.unit == "phone"
        ]
        found += [
            Number(contact_label(contact.kind, contact, context.language), contact.phone)
            for contact in rendered.contacts
            if contact.phone
        ]
        return tuple({number.number: number for number in found}.values())

    def _number_label(self, fact_id: str, language: str) -> str:
        try:
            return text(f"number.{fact_id.partition('.')[2]}", language).value
        except TextError:
            fact = self.knowledge.facts.get(fact_id)
            return in_language(fact.label, language) if fact else fact_id

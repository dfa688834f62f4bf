"""Everything the bot says besides answers: greetings, choices, danger, the offer of a person, failure.

No words stand here; every sentence is a text (bot/locales) or comes from the knowledge base.
"""

from __future__ import annotations

from dataclasses import replace

from bot.guidance.beside import clear_topic, topics_beside
from bot.guidance.guide import Guide, UnknownTopic
from bot.guidance.model import Choice, Context, Message, Number, SourceNote, Understanding
from bot.languages import languages, other_languages
from bot.texts import text, texts

MAX_CHOICES = 3
OFFER_REASONS = ("own_case", "consent", "human", "fear")
REFERENCES = ("again", "simpler", "norwegian", "first", "second", "third")
SMALLTALK = ("greet", "thanks", "bye", "bot")
GENERAL = "general"
SPOKEN_TO_ANYWAY = ("danger", "own_case", "consent", "human")
"""Kinds that are answered also when the message is in a language that we do not speak."""


class Replies:
    """Makes every message the bot says, over one guide."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def reply(self, understood: Understanding, context: Context, *, misses: int = 0) -> Message:
        """The message for what was understood; ``misses`` counts the messages not understood just before."""
        if understood.switched and understood.language in languages():
            context = replace(context, language=understood.language)
        message = self._reply(understood, context, misses)
        if understood.switched:
            message = replace(message, notices=("language_switched", *message.notices))
        return message

    def _reply(self, understood: Understanding, context: Context, misses: int) -> Message:
        if understood.foreign and understood.kind not in SPOKEN_TO_ANYWAY:
            return self.other_language(understood.foreign, context)
        topics = [topic for topic, _ in understood.topics if self._guide.can_answer(topic, context.audience)]
        first = understood.topics[0][0] if understood.topics else None
        sure = first if understood.band == "sure" and first in topics else None
        match understood.kind:
            case "danger":
                crisis = self.crisis(understood.detail, context, also=understood.also)
                return self._with_topics(crisis, understood, context)
            case "own_case" | "consent" | "human":
                named = clear_topic(understood)
                clear = named if named and self._guide.can_answer(named, context.audience) else None
                offer = self.handoff_offer(understood.kind, context, topic=clear, detail=understood.detail)
                return self._with_topics(offer, understood, context)
            case "smalltalk":
                return self.smalltalk(understood.detail, context)
            case "refer":
                return self.refer(understood.detail, context)
            case "out_of_scope":
                return self.out_of_scope(context, beside=topics_beside(understood))
            case "affirm":
                return self.areas(context)
            case "deny":
                return self.after_no(context)
        if sure:
            return self._guide.answer(sure, context, beside=topics_beside(understood))
        if first and understood.band == "sure":
            return self.not_yet(context, area=first.partition(".")[0])
        if topics and understood.band != "none":
            return self.clarify(tuple(topics[:MAX_CHOICES]), context)
        return self.not_understood(context, misses=misses)

    # -- finding the question

    def greeting(self, context: Context) -> Message:
        """The first message: says that it is a robot, and if its language is still being tried out; shows the areas."""
        keys = ("staff.greeting",) if context.audience == "staff" else ("greeting.welcome", "greeting.how")
        message = self._say("smalltalk", keys, context, self._areas(context) + self._human(context))
        tried_out = languages()[message.language].stage == "preview"
        return replace(message, notices=("preview", *message.notices)) if tried_out else message

    def areas(self, context: Context) -> Message:
        """The areas as choices."""
        return self._say("clarify", ("clarify.areas",), context, self._areas(context) + self._human(context))

    def area(self, area: str, context: Context) -> Message:
        """The topics of an area as choices; the areas when there is no such area for this reader."""
        topics = [topic for topic in self._guide.topics(context.audience) if self._guide.area(topic) == area]
        if not topics:
            return self.areas(context)
        choices = self._topics(tuple(topics), context) + self._human(context)
        return self._say("clarify", ("clarify.area",), context, choices)

    def clarify(self, topics: tuple[str, ...], context: Context) -> Message:
        """Ask which of these topics was meant."""
        none = (self._choice("choice.none_of_these", "no", context),)
        return self._say("clarify", ("clarify.did_you_mean",), context, self._topics(topics, context) + none)

    def after_no(self, context: Context) -> Message:
        """A "no" with nothing to say no to, and "none of these"."""
        return self._say("clarify", ("clarify.after_no",), context, self._areas(context) + self._human(context))

    def not_understood(self, context: Context, *, misses: int) -> Message:
        """Say how to ask; from the second time in a row (``misses`` >= 1) offer a person first."""
        if misses < 1:
            return self._say("not_understood", ("not_understood.first",), context, self._areas(context))
        choices = self._human(context) + self._areas(context)
        return self._say("not_understood", ("not_understood.second",), context, choices, offers_human=True)

    def not_yet(self, context: Context, *, area: str | None = None) -> Message:
        """The reader asked about a topic that has no article: says so, shows what its area has, else the areas."""
        near = tuple(topic for topic in self._guide.topics(context.audience) if self._guide.area(topic) == area)
        choices = self._topics(near[:MAX_CHOICES], context) if near else self._areas(context)
        return self._say("clarify", ("answer.not_yet",), context, self._human(context) + choices)

    def other_language(self, code: str, context: Context) -> Message:
        """The message is in a language that we do not speak: says so in it, with numbers for help and a person.

        Of a language whose texts are still being written, and of one without words here, it is said in English.
        """
        known = other_languages()
        other = known.get(code, known["en"])
        english = "" if other.code == "en" else f"\n\n{known['en'].answer}"
        return Message(
            kind="not_understood",
            text=other.answer + english,
            language=other.code,
            direction=other.direction,
            choices=self._human(replace(context, language="en")),
            numbers=self.emergency_numbers(replace(context, language="en")),
            offers_human=True,
        )

    def out_of_scope(self, context: Context, *, beside: tuple[str, ...] = ()) -> Message:
        """Outside the field: says so, and where to go; first of all choices what may have been asked after all."""
        meant = tuple(topic for topic in beside if self._guide.can_answer(topic, context.audience))
        choices = self._topics(meant, context) + self._areas(context) + self._human(context)
        return self._say("out_of_scope", ("out_of_scope.general",), context, choices)

    def smalltalk(self, detail: str | None, context: Context) -> Message:
        """Answer a greeting, thanks, a goodbye or the question who is speaking."""
        detail = detail if detail in SMALLTALK else "greet"
        choices = () if detail in ("thanks", "bye") else self._areas(context) + self._human(context)
        return self._say("smalltalk", (f"smalltalk.{detail}",), context, choices)

    def refer(self, detail: str | None, context: Context) -> Message:
        """Say the last answer again, shorter, or in Norwegian; the areas when there is none.

        Shorter (``simpler``) is the article's own one or two sentences, with the whole answer and a person one press
        away: nothing is made up. ``first``, ``second`` and ``third`` mean choices that only the caller has seen.
        """
        topic = context.last_topic
        if topic is None or not self._guide.can_answer(topic, context.audience) or detail in REFERENCES[3:]:
            return self.areas(context)
        if detail == "norwegian":
            place = self._guide.municipality(context.municipality)
            return self._guide.answer(topic, replace(context, language=place.language if place else "nb", asked=()))
        answer = self._guide.answer(topic, replace(context, asked=()))
        brief = self._guide.brief(topic, replace(context, language=answer.language)) if detail == "simpler" else None
        if brief is None:
            return answer
        choices = self._topics((topic,), context) + self._human(context)
        return replace(answer, text=brief, choices=choices, terms=())

    # -- danger

    def crisis(self, detail: str | None, context: Context, *, also: str | None = None) -> Message:
        """Signs of danger: fixed words and the right numbers, then the offer of a person.

        ``also`` is a second kind of danger that may as well be meant. Words that fit one of the two can hurt in the
        other, so the general words are said then, with the numbers of both.
        """
        known = self._guide.knowledge.crisis
        kind = detail if detail in known and texts().has(f"crisis.{detail}", "en") else GENERAL
        listed = known.get(kind or GENERAL, ())
        if also is not None and also in known and also != kind:
            listed = tuple(dict.fromkeys((*listed[:1], *known[also][:1], *listed[1:], *known[also][1:])))
            kind = GENERAL
        staff = context.audience == "staff"
        keys = (f"crisis.{kind}", "crisis.call", "staff.crisis.offer" if staff else "crisis.offer")
        numbers = self._guide.numbers(listed, context) or self.emergency_numbers(context)
        choices = () if staff else self._yes_no(context)
        return self._say("crisis", keys, context, choices, numbers=numbers, offers_human=True)

    def emergency_numbers(self, context: Context) -> tuple[Number, ...]:
        """The numbers that stand wherever a service of ours is down; they need no municipality."""
        return self._guide.numbers(self._guide.knowledge.crisis.get(GENERAL, ()), replace(context, municipality=None))

    def failure(self, context: Context) -> Message:
        """Something is down: calm words, the emergency numbers, another try."""
        language = context.language if context.language in languages() else "nb"
        context = replace(context, language=language, municipality=None)
        return self._say(
            "notice",
            ("failure.service", "failure.numbers"),
            context,
            (self._choice("choice.again", "again", context),),
            numbers=self.emergency_numbers(context),
        )

    # -- a person

    def handoff_offer(
        self, reason: str, context: Context, *, topic: str | None = None, detail: str | None = None
    ) -> Message:
        """Offer a coordinator, after the topic's general rule when it is clear.

        A ``detail`` of an own case that stands in crisis.yml (a child that has just been moved) puts fixed words about
        the reader's rights and its numbers first. Staff are pointed to the coordinator instead: there is no consent
        for them to give.
        """
        reason = reason if reason in OFFER_REASONS else "human"
        if context.audience == "staff":
            key = f"staff.offer.{'own_case' if reason == 'fear' else reason}"
            numbers = self._guide.numbers(("contact:coordinator",), context)
            return self._say("handoff_offer", (key,), context, (), numbers=numbers, offers_human=True)
        urgent = detail if detail in self._guide.knowledge.crisis else None
        keys = (f"handoff.offer.{reason}",) if urgent is None else (f"crisis.{urgent}", f"handoff.offer.{reason}")
        numbers = self._guide.numbers(self._guide.knowledge.crisis[urgent], context) if urgent else ()
        message = self._say("handoff_offer", keys, context, self._yes_no(context), numbers=numbers, offers_human=True)
        if urgent:
            return message
        brief = self._guide.brief(topic, replace(context, language=message.language)) if topic else None
        if topic is None or brief is None:
            return message
        return replace(message, text=f"{brief}\n\n{message.text}", topic=topic, sources=self._sources(topic, context))

    def declined(self, context: Context) -> Message:
        """The reader said no to a coordinator."""
        return self._say("handoff_status", ("handoff.declined",), context, self._areas(context))

    # -- parts

    def _sources(self, topic: str, context: Context) -> tuple[SourceNote, ...]:
        try:
            return self._guide.answer(topic, context).sources
        except UnknownTopic:
            return ()

    def _say(
        self,
        kind: str,
        keys: tuple[str, ...],
        context: Context,
        choices: tuple[Choice, ...] = (),
        *,
        numbers: tuple[Number, ...] = (),
        offers_human: bool = False,
    ) -> Message:
        """Put texts together in one language: the reader's, or the first fallback that has them all."""
        language = texts().first_language(keys, context.language)
        return Message(
            kind=kind,
            text="\n\n".join(text(key, language).value for key in keys),
            language=language,
            direction=languages()[language].direction,
            choices=choices,
            notices=() if language == context.language else ("fallback_language",),
            numbers=numbers,
            offers_human=offers_human,
        )

    def _choice(self, key: str, payload: str, context: Context) -> Choice:
        return Choice(text(key, context.language).value, payload)

    def _areas(self, context: Context) -> tuple[Choice, ...]:
        return tuple(
            self._choice(f"area.{area}", f"area:{area}", context) for area in self._guide.areas(context.audience)
        )

    def _topics(self, topics: tuple[str, ...], context: Context) -> tuple[Choice, ...]:
        return tuple(
            Choice(self._guide.title(topic, context.language, context.audience), f"topic:{topic}") for topic in topics
        )

    def _with_topics(self, message: Message, understood: Understanding, context: Context) -> Message:
        """The message with what may have been asked below its own choices."""
        found = tuple(t for t in topics_beside(understood) if self._guide.can_answer(t, context.audience))
        return replace(message, choices=message.choices + self._topics(found, context)) if found else message

    def _human(self, context: Context) -> tuple[Choice, ...]:
        return (self._choice("choice.human", "human", context),)

    def _yes_no(self, context: Context) -> tuple[Choice, ...]:
        return (self._choice("choice.yes", "yes", context), self._choice("choice.no", "no", context))

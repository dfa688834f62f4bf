"""Which topics stand beside an answer, the words about danger, the offer of a person and "this is outside my field".

Whoever asked a question and was taken to be in danger, to tell of a matter of her own, or to ask of something else,
would else be at a dead end. So what was understood comes first, and what else may have been asked is one press away.
"""

from __future__ import annotations

from bot.guidance.model import PERSONAL, Understanding

MOST = 2
"""Topics beside anything else: more would hide the yes and the no."""
LEAST = 0.1
"""Probability from which a topic stands beside other words, or above the offer of a person."""
LEAST_BESIDE_ANSWER = 0.03
"""The same beside an answer, where it takes the place of a related topic and of nothing else: two thirds of the sure
answers have none, and five in six of those that are wrong have the right one (validation half)."""
FEARED = "barnevern"
"""The area that no answer about another brings up: many parents fear barnevernet, and who asks what a place costs shall
not wonder why it is named. Of 3 900 answers 90 would have named it, and not one parent had meant it (validation half).
"""
LEAST_OUTSIDE = 0.3
"""The same where a message was taken to be outside the field: one in twenty of those that are has one."""
DOUBTED = ("danger", "out_of_scope")
"""Kinds beside which topics stand only where the classifier says that a question may be meant."""
LEAD = 3.0
"""How many times as probable as the next a topic must be to be clear."""


def topics_beside(understood: Understanding) -> tuple[str, ...]:
    """The topics that a message may have asked for besides what it was understood as, likeliest first.

    Beside danger only where a question is likely too (``Understanding.question``): a family that tells of violence
    shall not read about the price of SFO. Beside a sure answer those that come next in the ranking, but for ``FEARED``.
    """
    ranked = understood.topics
    if understood.kind == "ask":
        runners_up = ranked[1 : 1 + MOST] if understood.band == "sure" else ()
        return tuple(
            topic
            for topic, probability in runners_up
            if probability >= LEAST_BESIDE_ANSWER and (_area(topic) != FEARED or _area(ranked[0][0]) == FEARED)
        )
    is_meant = understood.kind in PERSONAL or (understood.kind in DOUBTED and understood.question)
    least = LEAST_OUTSIDE if understood.kind == "out_of_scope" else LEAST
    if not is_meant or not ranked or ranked[0][1] < least:
        return ()
    number = 1 if understood.band == "sure" and understood.kind in PERSONAL else MOST
    return tuple(topic for topic, _ in ranked[:number])


def clear_topic(understood: Understanding) -> str | None:
    """The one topic whose general rule can stand above the offer of a person; None when none is clear.

    A family's own matter is told in other words than a question, so its topic is seldom sure; a coordinator who reads
    "no topic" has to ask what she was told. So a topic that is far before the next is enough; and where every ranked
    topic is of one area, what that service is can be said, though not what was asked.
    """
    if not understood.topics:
        return None
    (first, best), *rest = understood.topics
    if understood.band == "sure":
        return first
    area, _, name = first.partition(".")
    is_one_area = all(topic.startswith(f"{area}.") for topic, _ in understood.topics)
    if best >= LEAST and ((name == "what-is" and is_one_area) or best >= LEAD * (rest[0][1] if rest else 0.0)):
        return first
    return f"{area}.what-is" if is_one_area and len(understood.topics) > MOST else None


def _area(topic: str) -> str:
    return topic.partition(".")[0]

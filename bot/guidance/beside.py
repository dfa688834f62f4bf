"""Which topics stand beside the words about danger, and beside the offer of a person.

Whoever asked a question and was taken to be in danger, or to tell of a matter of her own, would else be at a dead end.
So the numbers and the offer come first, and what may have been asked is one press away.
"""

from __future__ import annotations

from bot.guidance.model import PERSONAL, Understanding

MOST = 2
"""Topics beside anything else: more would hide the yes and the no."""
LEAST = 0.1
"""Probability from which a topic stands beside other words, or above the offer of a person."""
LEAD = 3.0
"""How many times as probable as the next a topic must be to be clear."""


def topics_beside(understood: Understanding) -> tuple[str, ...]:
    """The topics that a message that is no question may have asked for all the same, likeliest first.

    Beside danger only where a question is likely too (``Understanding.question``): a family that tells of violence
    shall not read about the price of SFO.
    """
    is_meant = understood.kind in PERSONAL or (understood.kind == "danger" and understood.question)
    if not is_meant or not understood.topics or understood.topics[0][1] < LEAST:
        return ()
    number = 1 if understood.band == "sure" and understood.kind in PERSONAL else MOST
    return tuple(topic for topic, _ in understood.topics[:number])


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

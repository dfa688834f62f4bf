"""How urgent a case is: the trigger table of docs/decisions/0016 as a function. Pure.

The urgency sets the place in the queue, the deadline of the first answer and the hour at which coordinators are told.
"""

from __future__ import annotations

from typing import Final

from bot.handoff.records import Reason, Urgency

ORDINARY_TOPICS: Final = frozenset(
    {
        # May this service tell that one, in a case: the file must be known; nothing runs out meanwhile.
        "rights.consent",
        "rights.confidentiality",
        "rights.sharing-rules",
        "rights.barnehage-to-school",
        "rights.photos",
        # How far a case has come, access to papers.
        "rights.see-my-papers",
        "barnehage.apply",
        "barnehage.change-or-leave",
        "sfo.apply",
        # Whether this child has a right to something.
        "coordination.barnekoordinator",
        "coordination.individual-plan",
        "barnehage.special-help",
        "barnehage.language",
        "school.extra-help",
        "school.language-support",
        "sfo.special-needs",
        # A health question about a person that is not acute.
        "health.vaccines",
        "health.dentist",
        "health.glasses",
        "fastlege.choose-or-change",
        # Custody and parents who disagree.
        "family.familievern",
        # Leisure and everyday matters.
        "leisure.activities",
        "leisure.borrow-equipment",
        "leisure.holidays",
        "barnehage.clothes",
        "barnehage.everyday",
        "school.calendar",
    }
)
"""Topics whose own cases can wait for an ordinary day. Every other own case is answered the same working day."""


def urgency_of(reason: Reason, topic: str | None = None) -> Urgency:
    """The urgency of a case from why a person was offered and the topic, if it is clear.

    Danger of any kind is U0, also a family without a roof: she has the number that helps tonight, and a coordinator
    must know. A wish for a person without a topic is U1, because it may be anything. So is an own act of consent: a
    refusal or a withdrawal works only when the service hears of it, and it cannot be told from a yes here.
    """
    if reason == "danger":
        return "U0"
    return "U2" if reason != "consent" and topic in ORDINARY_TOPICS else "U1"


def higher(one: Urgency, other: Urgency) -> Urgency:
    """The more urgent of two: a case is raised and never lowered."""
    return min(one, other)

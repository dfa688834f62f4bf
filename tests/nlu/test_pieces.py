"""What the sentences of a message say together, and what stands beside danger."""

from bot.nlu.bands import Bands
from bot.nlu.pieces import Piece, beside

BANDS = Bands()
PRICE, PLACE = ("barnehage.cost", 0.8), ("barnehage.apply", 0.7)
VIOLENCE = ("family.violence-help", 0.3)


def danger(question: float) -> Piece:
    return Piece("danger", 0.6, "unsure", [("danger/violence", 1 - question), ("ask", question)], [VIOLENCE])


def asks(topic: tuple[str, float], band: str = "sure") -> Piece:
    return Piece("ask", 0.9, band, [("ask", 0.9)], [topic])  # type: ignore[arg-type]


def test_a_question_beside_danger_is_what_the_message_asks_in_a_sentence_of_its_own() -> None:
    found, question = beside(danger(0.0), [danger(0.0), asks(PRICE), asks(PLACE), asks(PRICE)], BANDS)
    assert question
    assert found.topics == [PRICE, PLACE, VIOLENCE]
    assert found.kind == "danger"


def test_a_sentence_that_is_not_sure_asks_nothing_beside_danger() -> None:
    found, question = beside(danger(0.0), [danger(0.0), asks(PRICE, "unsure")], BANDS)
    assert not question
    assert found.topics == [VIOLENCE]


def test_a_question_is_likely_from_its_probability_on() -> None:
    assert beside(danger(BANDS.beside + 0.01), [], BANDS)[1]
    assert not beside(danger(BANDS.beside - 0.01), [], BANDS)[1]

"""The trained model on every test message (tests/conversations): danger one by one, the rest in figures per language.

What is not understood yet stands in tests/conversations/_known_failures.yml; an entry that is understood again, or is
no longer a test message, fails, so that the file stays true. ``python -m tests.nlu.test_understanding`` writes it anew.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.nlu.bands import coarse, danger_threshold
from bot.nlu.data import CONVERSATIONS, Case, is_frozen, is_validation, read_cases
from bot.nlu.measure import Score, load_archive, options_from_config, reader, score
from bot.nlu.model import Model
from bot.nlu.net import Net, net
from bot.nlu.normalising import has_letters
from bot.nlu.patterns import Patterns
from bot.nlu.splitting import sentences, windows

pytestmark = pytest.mark.model

EDGE = 0.001
KNOWN_PATH = CONVERSATIONS / "_known_failures.yml"
CASES = list(read_cases())
LANGUAGES = sorted({case.language for case in CASES})
DANGER = [case for case in CASES if case.label.startswith(("danger/", "not_danger"))]
# (what, of what, at least); at most: the rate is counted from the other side
FLOORS = (
    ("first guess", "topics", 0.85),
    ("answered or offered", "topics", 0.75),
    ("answered right", "topics", 0.45),
    ("personal seen", "personal", 0.65),
    ("outside not answered", "outside", 0.92),  # 12 to 18 messages a language: one may be answered; 0.95 for all
    ("danger seen", "danger", 0.90),
    ("language right", "messages", 0.99),
)
# Languages with 20 to 40 sentences a topic, measured on blind messages: guards against getting worse, a few points
# below what was measured. What is missing to the goals stands in docs/benchmarks.md.
GROWING = {
    "ar": (0.80, 0.57, 0.72),
    "kmr": (0.79, 0.37, 0.72),
    "pl": (0.87, 0.65, 0.75),
    "prs": (0.83, 0.56, 0.70),
    "ps": (0.82, 0.52, 0.60),
    "ru": (0.85, 0.61, 0.83),
    "so": (0.86, 0.56, 0.74),
    "sw": (0.86, 0.61, 0.76),
    "ti": (0.82, 0.52, 0.77),
    "tr": (0.87, 0.56, 0.76),
    "uk": (0.78, 0.41, 0.76),
}
GROWING_RATES = ("first guess", "answered right", "personal seen")
FROZEN_FLOORS = (
    ("first guess", "topics", 0.91),
    ("answered or offered", "topics", 0.91),
    ("danger seen", "danger", 0.98),
    ("personal seen", "personal", 0.88),
)
CEILINGS = (
    ("answered wrong", "answered", 0.10),
    ("to a human", "topics", 0.10),
    ("harmless called danger", "harmless", 0.12),
)


def known_failures() -> dict[str, set[str]]:
    """Messages that are known not to be understood, by label's first part."""
    if not KNOWN_PATH.exists():
        return {}
    return {name: set(texts) for name, texts in (yaml.safe_load(KNOWN_PATH.read_text(encoding="utf-8")) or {}).items()}


KNOWN = known_failures()


def failure_of(case: Case, kind: str) -> bool:
    """Whether a danger message or look-alike was taken for the wrong thing."""
    return (kind == "danger") != case.label.startswith("danger/")


def group(case: Case) -> str:
    """The entry of the known failures that a case belongs to."""
    return case.label.split("/")[0]


def on_the_edge(model: Model, case: Case) -> bool:
    """Whether danger is so near its threshold that another processor's rounding may decide otherwise.

    Two trainings on one machine give the same weights, to the last bit.
    """
    bands = model.bands(case.language)
    parts = [part for part in sentences(case.text) if has_letters(part)]
    pieces = [(case.text, danger_threshold(len(case.text.split()), bands))]
    pieces += [(part, bands.part) for part in parts if len(parts) > 1]
    pieces += [(piece, bands.part) for part in parts for piece in windows(part)]
    margins = [dict(coarse(model.rankings(piece)[0])).get("danger", 0.0) - threshold for piece, threshold in pieces]
    return abs(max(margins)) <= EDGE


@pytest.fixture(scope="module")
def model(trained_model: Path) -> Model:
    return load_archive(trained_model)


@pytest.fixture(scope="module")
def scores(model: Model) -> dict[str, Score]:
    return score(CASES, reader(model))


def test_the_archive_decides_with_the_bands_of_config_yml(model: Model) -> None:
    assert dict(model.options.bands) == dict(options_from_config().bands)


@pytest.mark.parametrize("case", DANGER, ids=lambda case: f"{case.language}-{case.label}-{case.text[:40]}")
def test_signs_of_danger_are_seen_and_look_alikes_are_not(case: Case, model: Model) -> None:
    understood = reader(model)(case)
    failed = failure_of(case, understood.kind)
    if on_the_edge(model, case):
        pytest.xfail("on the edge of danger: another processor may decide otherwise")
    if case.text in KNOWN.get(group(case), set()):
        assert failed, "understood now: take it out of _known_failures.yml"
        pytest.xfail("known not to be understood yet")
    assert not failed, f"{understood.kind} {understood.confidence:.2f}"


def test_the_frozen_messages_are_enough_and_reach_their_figures(model: Model) -> None:
    frozen = [case for case in CASES if is_frozen(case)]
    by_language = Counter(case.language for case in frozen)
    assert {code: by_language[code] for code in LANGUAGES if by_language[code] < 40} == {}
    found = score(frozen, reader(model))["all"]
    reached = {what: found.rate(what, of) for what, of, least in FROZEN_FLOORS if found.rate(what, of) < least}
    assert not reached, reached
    assert found.rate("answered wrong", "answered") <= 0.03


def test_over_all_languages_what_is_outside_the_field_is_not_answered(scores: dict[str, Score]) -> None:
    assert scores["all"].rate("outside not answered", "outside") >= 0.95


def test_no_frozen_message_sets_a_threshold() -> None:
    assert not any(is_validation(case) for case in CASES if is_frozen(case))


def test_every_known_failure_is_a_test_message() -> None:
    texts = {case.text for case in DANGER}
    assert {text for known in KNOWN.values() for text in known} <= texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_reaches_its_figures(language: str, scores: dict[str, Score]) -> None:
    found = scores[language]
    floors = {what: (of, least) for what, of, least in FLOORS}
    if language in GROWING:
        lower = zip(GROWING_RATES, GROWING[language], strict=True)
        floors |= {what: (floors[what][0], least) for what, least in lower}
    low = {what: found.rate(what, of) for what, (of, least) in floors.items() if found.rate(what, of) < least}
    high = {what: found.rate(what, of) for what, of, most in CEILINGS if found.rate(what, of) > most}
    assert not low, low
    assert not high, high


@pytest.mark.parametrize("text", ["", "   ", "123", "🙂🙂🙂", "?!?", "\u200f", "116 117"])
def test_text_without_letters_is_never_a_topic(model: Model, text: str) -> None:
    understood = model.read(text, "nb").understanding
    assert (understood.kind, understood.band, understood.confidence) == ("unclear", "none", 0.0)


@pytest.mark.parametrize("text", ["qwplk zzrt", "asdfghjkl", "фывапр йцукен", "ضصثقفغ", "你好吗", "ወረዘዠ ጨጠፐ"])
def test_letters_that_are_no_language_are_not_understood(model: Model, text: str) -> None:
    assert model.read(text, "nb").understanding.kind == "unclear"


def test_danger_anywhere_in_a_long_message_wins(model: Model) -> None:
    filler = "vi kom til norge i fjor og bor i en leilighet med to rom og barna trives godt på skolen "
    for text in (
        "Hei. Hva koster barnehage? Mannen min slår meg hver kveld. Takk.",
        filler + "men mannen min slår meg og truer med å drepe meg hver kveld " + filler,
    ):
        assert model.read(text, "nb").understanding.kind == "danger"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("we shot a goal today. he locks me in the bedroom when he goes out", "en"),
        ("vi har slått gresset, men mannen min truer med å drepe meg", "nb"),
        ("kto skosi trawę, mąż mnie bije", "pl"),
    ],
)
def test_danger_beside_a_phrase_that_only_sounds_like_it_is_danger(model: Model, text: str, language: str) -> None:
    assert net().without_harmless(text, [language]) is not None
    assert model.read(text, language).understanding.kind == "danger"


@pytest.mark.parametrize("text", ["we shot three goals and won", "these new boots are killing my feet"])
def test_what_only_sounds_like_danger_is_not_danger(model: Model, text: str) -> None:
    assert net().without_harmless(text, ["en"]) is not None
    assert model.read(text, "en").understanding.kind != "danger"


def test_a_message_that_is_plainly_danger_is_not_talked_away_by_a_phrase(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "my husband beats me every night and the weather is nice today"
    everything = Net({}, {"en": Patterns([("harmless", "my husband .. every night and")])})
    assert everything.without_harmless(text, ["en"]) == "the weather is nice today"
    monkeypatch.setattr("bot.nlu.model.net", lambda: everything)
    assert model.read(text, "en").understanding.kind == "danger"


def test_two_sure_questions_become_two_choices(model: Model) -> None:
    understood = model.read("Hva koster barnehage i måneden? Hvordan bytter jeg fastlege?", "nb").understanding
    assert understood.band == "unsure"
    assert {topic for topic, _ in understood.topics[:2]} == {"barnehage.cost", "fastlege.choose-or-change"}


def test_a_greeting_before_a_question_is_the_question(model: Model) -> None:
    understood = model.read("Hei! Hva koster barnehage i måneden?", "nb").understanding
    assert (understood.kind, understood.band, understood.topics[0][0]) == ("ask", "sure", "barnehage.cost")


def test_an_own_case_keeps_its_topic(model: Model) -> None:
    understood = model.read("Hva er barnevernet? De har sendt meg et brev om datteren min.", "nb").understanding
    assert understood.kind == "own_case"
    assert understood.topics[0][0].startswith("barnevern.")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("barnevernet har sendt oss et brev", "nb"),
        ("NAV har ikke svart på søknaden min", "nb"),
        ("барневерн прислав нам листа", "uk"),
        ("the school has refused our application", "en"),
    ],
)
def test_an_ordinary_own_case_is_not_taken_for_a_child_that_was_moved(model: Model, text: str, language: str) -> None:
    understood = model.read(text, language).understanding
    assert (understood.kind, understood.detail) == ("own_case", None)


def test_the_longest_message_is_read_in_bounded_pieces(model: Model) -> None:
    assert model.read("Hva koster barnehage? " * 500, "nb").understanding.topics[0][0] == "barnehage.cost"


def test_what_is_saved_reads_as_before(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = Model.load(tmp_path)
    for case in CASES[::40]:
        assert again.read(case.text, case.language).understanding == model.read(case.text, case.language).understanding


if __name__ == "__main__":
    import sys

    trained = load_archive(Path(sys.argv[1]))
    failures: dict[str, list[str]] = {}
    for one in DANGER:
        if failure_of(one, reader(trained)(one).kind):
            failures.setdefault(group(one), []).append(one.text)
    header = "# Test messages about danger that are not understood yet. Each shall go; none may be added silently.\n"
    KNOWN_PATH.write_text(
        header + yaml.safe_dump(failures, allow_unicode=True, sort_keys=True, width=1000), encoding="utf-8"
    )


@pytest.mark.parametrize("last", ["barnehage.cost", "sfo.what-is", "fastlege.cost"])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "барневерн прислав нам листа"),
        ("nb", "barnevernet har sendt oss et brev"),
        ("en", "barnevernet wrote to us"),
    ],
)
def test_an_own_matter_is_about_what_it_names_whatever_was_answered_before(
    language: str, text: str, last: str, model: Model
) -> None:
    alone, after = (model.read(text, language, last=topic).understanding for topic in (None, last))
    assert after.kind == "own_case"
    assert after.topics == alone.topics


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("en", "and how much is it?", "sfo.cost"),
        ("en", "how do I apply for it?", "sfo.apply"),
        ("nb", "og hva koster det?", "sfo.cost"),
        ("uk", "а скільки це коштує?", "sfo.cost"),
        ("ar", "وكم يكلف هذا؟", "sfo.cost"),
        ("so", "oo imisa ayay ku kacaysaa?", "sfo.cost"),
        ("pl", "a ile to kosztuje?", "sfo.cost"),
        ("tr", "peki ne kadar?", "sfo.cost"),
        ("ti", "ክንደይ ዋግኡ?", "sfo.cost"),
        ("nb", "hva koster barnehage", "barnehage.cost"),
        ("en", "how do I apply for kindergarten?", "barnehage.apply"),
        ("uk", "скільки коштує садочок на місяць", "barnehage.cost"),
    ],
)
def test_after_an_answer_about_sfo_a_bare_question_is_about_sfo_and_a_named_service_is_itself(
    language: str, text: str, topic: str, model: Model
) -> None:
    understood = model.read(text, language, last="sfo.what-is").understanding
    assert (understood.kind, understood.band, understood.topics[0][0]) == ("ask", "sure", topic)

"""The optional encoder, with a tiny one of random weights that is built here; nothing is fetched."""

from __future__ import annotations

import importlib
import json
import logging
import shutil
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bot.nlu import classifier, encoder
from bot.nlu.encoder import WEIGHT, Encoder, EncoderError, choice, fingerprint
from bot.nlu.examples import Example
from bot.nlu.features import Features, Shape
from bot.nlu.measure import options_from_config, with_encoder
from bot.nlu.model import Model, Options
from bot.nlu.normalising import normalise
from bot.settings import ROOT, SettingsError, read_settings
from tests.nlu.tiny_encoder import OUTPUT, write_encoder, write_network

SENTENCES = {
    "ask/barnehage.cost": ["hva koster barnehage", "hvor mye betaler vi for barnehagen", "pris på barnehageplass"],
    "ask/school.start": ["når begynner skolen", "hvilken dag starter barnet på skolen", "skolestart i august"],
    "ask/sfo.cost": ["hva koster sfo", "hvor dyr er sfo om måneden", "prisen på sfo"],
    "danger/medical": ["barnet mitt puster ikke", "hun er bevisstløs", "gutten har svelget gift"],
    "smalltalk/thanks": ["takk for hjelpen", "tusen takk", "mange takk skal du ha"],
}
EXAMPLES = [Example(text, label, "nb") for label, texts in SENTENCES.items() for text in texts] + [
    Example("how much is kindergarten", "ask/barnehage.cost", "en"),
    Example("when does school start", "ask/school.start", "en"),
]
TEXTS = [example.text for example in EXAMPLES]
ASKED = ["hva koster barnehagen for to barn?", "takk", "Når starter skolen. Hva koster sfo?", "gutten puster ikke!"]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny encoder; without the packages that build and read one there is nothing to test."""
    for name in ("onnxruntime", "tokenizers", "onnx"):
        pytest.importorskip(name)
    return write_encoder(tmp_path_factory.mktemp("encoder") / "tiny", TEXTS)


@pytest.fixture(scope="session")
def trained(tiny: Path) -> Model:
    return Model.train(EXAMPLES, Options(fewest=1, encoder={"folder": str(tiny), "weight": 0.7}))


@pytest.fixture
def copied(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "copy")


def saved(model: Model, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    model.save(folder)
    return folder


# --- the vectors


def test_a_sentence_has_one_vector_of_length_one_and_keeps_it(tiny: Path) -> None:
    found = Encoder.load(tiny)
    one = found.vector("hva koster barnehage")
    assert one.shape == (32,) == (found.size,)
    assert one.dtype == np.float32
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert (found.vector("hva koster barnehage") == one).all()
    assert not np.allclose(found.vector("tusen takk"), one, atol=1e-2)


def test_many_sentences_have_the_vectors_that_each_has_alone(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "BATCH", 2)
    monkeypatch.setattr(encoder, "TOLD", 10)
    found, lines = Encoder.load(tiny), list[str]()
    many = found.vectors(TEXTS, lines.append)
    assert np.allclose(many, [found.vector(text) for text in TEXTS], atol=1e-5)
    assert lines
    assert all(line.endswith(f"of {len(TEXTS)} sentences") for line in lines)
    assert found.vectors([]).shape == (0, 32)


def test_the_vector_is_the_mean_over_the_attention_mask(tiny: Path) -> None:
    import onnxruntime
    import tokenizers

    read = tokenizers.Tokenizer.from_file(str(tiny / "tokenizer.json")).encode("hva koster sfo")
    ids, mask = np.array([read.ids]), np.array([read.attention_mask])
    assert ids.shape[1] > mask.sum(), "the published tokenizer pads"
    session = onnxruntime.InferenceSession(str(tiny / "model.onnx"))
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
    mean = session.run([OUTPUT], feed)[0][0][mask[0] == 1].mean(axis=0)
    assert np.allclose(Encoder.load(tiny).vector("hva koster sfo"), mean / np.linalg.norm(mean), atol=1e-4)


def test_a_very_long_sentence_is_read_up_to_a_point(tiny: Path) -> None:
    found = Encoder.load(tiny)
    assert (found.vector("takk " * 3000) == found.vector("takk " * 4000)).all()


# --- in the model


def test_a_layer_over_the_encoders_vectors_is_learned_beside_the_n_grams(trained: Model, tiny: Path) -> None:
    size = Encoder.load(tiny).size
    assert trained.meaning is not None
    assert len(trained.meaning.vectors.rows) == size
    assert len(trained.topic.weights) == len(trained.features)
    assert len(trained.kind.weights) == len(trained.features) + len(trained.skipgrams)
    nothing = (np.array([], dtype=np.int32), np.array([], dtype=np.float32))
    assert [one.share for one in trained.others("hva koster sfo", *nothing)] == [trained.options.layer, 0.7]


def test_what_the_encoder_says_counts_as_much_as_its_weight(trained: Model) -> None:
    text = "hva koster sfo"
    assert trained.dense is not None
    full = dict(trained.rankings(text)[1])
    heads = (trained.features, trained.skipgrams, trained.kind, trained.topic, trained.identifier, trained.layer)
    light = Model(trained.options, *heads, replace(trained.dense, weight=1e-9), trained.meaning)
    without = Model(trained.options, *heads)
    assert dict(light.rankings(text)[1]) == pytest.approx(dict(without.rankings(text)[1]), abs=1e-5)
    assert full != pytest.approx(dict(without.rankings(text)[1]), abs=1e-5)


def test_the_same_text_is_read_alike_each_time(trained: Model) -> None:
    assert [trained.read(text, "nb") for text in ASKED] == [trained.read(text, "nb") for text in ASKED]
    assert trained.read("hva koster barnehage", "nb").understanding.topics[0][0] == "barnehage.cost"


def test_what_is_saved_reads_as_before(trained: Model, tmp_path: Path) -> None:
    folder = saved(trained, tmp_path)
    first, second = Model.load(folder), Model.load(folder)
    for text in ASKED:
        before, after = trained.read(text, "nb"), first.read(text, "nb")
        assert after == second.read(text, "nb")
        assert (after.understanding.kind, after.understanding.band) == (
            before.understanding.kind,
            before.understanding.band,
        )
        # Weights are kept with half of their digits, as they are without an encoder.
        assert dict(after.fine) == pytest.approx(dict(before.fine), abs=5e-3)
        assert dict(after.understanding.topics) == pytest.approx(dict(before.understanding.topics), abs=5e-3)


def test_a_model_is_not_read_when_its_encoder_is_gone(copied: Path, tmp_path: Path) -> None:
    folder = saved(Model.train(EXAMPLES, Options(fewest=1, encoder={"folder": str(copied)})), tmp_path)
    moved = copied.rename(tmp_path / "moved")
    with pytest.raises(EncoderError, match=r"copy is not there\. Put it back.*BROBYGGER_ENCODER"):
        Model.load(folder)
    assert Model.load(folder, encoder=moved).read("hva koster sfo", "nb").understanding.topics[0][0] == "sfo.cost"


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_model_is_not_read_with_another_encoder(trained: Model, copied: Path, tmp_path: Path, name: str) -> None:
    folder = saved(trained, tmp_path)
    Model.load(folder, encoder=copied)
    if name == "model.onnx":
        write_network(copied / name, 400, seed=2)
    else:
        (copied / name).write_bytes((copied / name).read_bytes() + b"\n")
    with pytest.raises(EncoderError, match=r"is not the one that the model was trained with.*make train FORCE=1"):
        Model.load(folder, encoder=copied)


def test_the_fingerprint_is_of_the_files_and_not_of_the_place(tiny: Path, copied: Path) -> None:
    (copied / "README.md").write_text("other words", encoding="utf-8")
    assert fingerprint(copied) == fingerprint(tiny)
    (copied / "model.onnx_data").write_bytes(b"numbers")
    assert fingerprint(copied) != fingerprint(tiny)


# --- without an encoder


def test_without_an_encoder_everything_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Any] = []
    learn = importlib.import_module("bot.nlu.model").train_heads
    monkeypatch.setattr(
        "bot.nlu.model.train_heads", lambda matrix, *a, **k: rows.append(matrix) or learn(matrix, *a, **k)
    )
    model = Model.train(EXAMPLES, Options(fewest=1))
    features, matrix = Features.fit([normalise(text) for text in TEXTS], Shape(), 1)
    assert rows[0].shape == matrix.shape
    assert (rows[0] != matrix).nnz == 0
    assert len(model.topic.weights) == len(features)
    raw = json.loads((saved(model, tmp_path) / "model.json").read_text(encoding="utf-8"))
    assert set(raw) == {"options", "shapes", "vocabulary", "once", "labels", "temperature"}
    assert list(raw["options"]) == [entry.name for entry in fields(Options) if entry.name != "encoder"]


def test_without_an_encoder_its_libraries_are_not_imported() -> None:
    program = (
        "import sys; from bot.nlu.model import *; from bot.nlu.encoder import *\n"
        "e = [Example('hva koster det', 'ask/a.b', 'nb'), Example('takk', 'smalltalk/t', 'nb'), "
        "Example('when is it', 'ask/a.c', 'en')]\n"
        "Model.train(e, Options(fewest=1)).read('hva koster', 'nb')\n"
        "assert not {'onnxruntime', 'tokenizers', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=120)


# --- what cannot be used


@pytest.mark.parametrize(
    "raw",
    ["x", ["folder"], {"folder": "x", "colour": 1}, {"folder": "x", "weight": 0}, {"weight": "much"}, {"weight": True}],
)
def test_a_key_that_cannot_be_used_is_told_in_a_sentence(raw: object) -> None:
    with pytest.raises(EncoderError, match=r"encoder in config\.yml"):
        choice(raw)


def test_the_setting_goes_before_the_key_and_no_folder_is_no_encoder(tmp_path: Path) -> None:
    assert choice(None) is None
    assert choice({"weight": 0.3}) is None
    assert asdict(choice({"folder": "var/encoder"})) == {"folder": ROOT / "var/encoder", "weight": WEIGHT}  # type: ignore[arg-type]
    assert asdict(choice({"folder": "x", "weight": 1}, tmp_path)) == {"folder": tmp_path, "weight": 1.0}  # type: ignore[arg-type]


def test_a_folder_without_the_files_is_no_encoder(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"it needs tokenizer\.json and model\.onnx or onnx/model\.onnx"):
        Encoder.load(tmp_path)


def test_packages_that_are_not_installed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "onnx").mkdir()
    for name in ("tokenizer.json", "onnx/model.onnx"):
        (tmp_path / name).write_text(str(tmp_path), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(EncoderError, match=r"requirements-encoder\.txt are not installed"):
        Encoder.load(tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_broken_file_is_told_in_a_sentence(copied: Path, name: str) -> None:
    (copied / name).write_text(name, encoding="utf-8")
    with pytest.raises(EncoderError, match="cannot be read"):
        Encoder.load(copied)


def test_a_network_that_reads_no_text_is_refused(copied: Path) -> None:
    import onnx

    network = onnx.load(str(copied / "model.onnx"))
    network.graph.input.append(onnx.helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, [1]))
    onnx.save(network, str(copied / "model.onnx"))
    with pytest.raises(EncoderError, match="wants pixels"):
        Encoder.load(copied)


# --- settings and measuring


def test_the_setting_names_a_folder_and_its_model_stands_beside_the_other(tmp_path: Path) -> None:
    def paths(**values: str) -> Path:
        return read_settings({"BROBYGGER_VAR": str(tmp_path), **values}).model_path

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    found = {paths(), *(paths(BROBYGGER_ENCODER=str(tmp_path / name)) for name in ("one", "two", "one"))}
    assert len(found) == 3
    assert paths().name == "brobygger.tar.gz"
    with pytest.raises(SettingsError, match=r"BROBYGGER_ENCODER: .*a folder that exists"):
        paths(BROBYGGER_ENCODER=str(tmp_path / "three"))


def test_measuring_can_take_another_encoder_or_weight() -> None:
    options = options_from_config()
    assert with_encoder(options, None, None) == options
    with_one = replace(options, encoder={"folder": "a", "weight": 0.2})
    assert with_encoder(with_one, "b", None).encoder == {"folder": "b", "weight": 0.2}
    assert with_encoder(options, "b", 0.4).encoder == {"folder": "b", "weight": 0.4}


# --- in Rasa


def project(folder: Path, config: dict[str, object]) -> dict[str, Any]:
    """A small project on disk; returns what ``rasa.train`` takes."""
    blocks = [
        {"intent": label, "metadata": {"language": language}, "examples": "".join(f"- {text}\n" for text in texts)}
        for language in ("nb", "en")
        for label in SENTENCES
        if (texts := [e.text for e in EXAMPLES if (e.label, e.language) == (label, language)])
    ]
    pipeline = [{"name": "bot.nlu.classifier.Classifier", "fewest": 1, **config}]
    responses = {f"utter_{name}": [{"text": name}] for name in ("answer", "ask", "danger", "smalltalk")}
    rule = {"rule": "answer", "steps": [{"intent": "ask"}, {"action": "utter_answer"}]}
    for name, content in {
        "config.yml": {
            "recipe": "default.v1", "assistant_id": "tiny", "language": "nb",
            "pipeline": pipeline, "policies": [{"name": "RulePolicy"}],
        },
        "domain.yml": {"version": "3.1", "intents": ["ask", "danger", "smalltalk"], "responses": responses},
        "data.yml": {"version": "3.1", "nlu": blocks, "rules": [rule]},
    }.items():  # fmt: skip
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    places = {name: str(folder / f"{name}.yml") for name in ("domain", "config")}
    return {**places, "training_files": [str(folder / "data.yml")], "output": str(folder / "models")}


@pytest.mark.parametrize("by_setting", [False, True])
async def test_rasa_trains_parses_and_refuses(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, by_setting: bool
) -> None:
    """The component in Rasa's own training and in its agent, with the folder from config.yml and from the setting."""
    import rasa
    from rasa.core.agent import Agent, load_agent
    from rasa.model_training import TrainingResult

    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")
    values = {"BROBYGGER_VAR": str(tmp_path), **({"BROBYGGER_ENCODER": str(copied)} if by_setting else {})}
    monkeypatch.setattr(classifier, "settings", lambda: read_settings(values))
    monkeypatch.chdir(tmp_path)
    told = project(tmp_path, {"encoder": {"weight": 0.6} if by_setting else {"folder": str(copied), "weight": 0.6}})
    training: dict[str, TrainingResult] = {}
    # Rasa's training runs an event loop of its own.
    await _in_a_thread(lambda: training.update(result=rasa.train(**told, force_training=True)))
    archive = training["result"].model
    assert archive is not None
    parsed = await Agent.load(archive).parse_message("hva koster barnehage")
    assert (parsed["intent"]["name"], parsed["understanding"]["topics"][0][0]) == ("ask", "barnehage.cost")

    write_network(copied / "model.onnx", 400, seed=3)
    with caplog.at_level(logging.ERROR, logger="bot.nlu.classifier"):
        agent = await load_agent(archive)
    assert not agent.is_ready()
    assert "is not the one that the model was trained with" in caplog.text


async def _in_a_thread(work: Any) -> None:
    import asyncio

    await asyncio.to_thread(work)


def test_with_an_encoder_its_own_thresholds_decide(trained: Model) -> None:
    own = {"default": {"danger": 0.7}}
    options = replace(trained.options, bands={"default": {"danger": 0.2}}, encoder_bands=own)
    parts = (trained.features, trained.kind, trained.topic, trained.identifier, trained.layer)
    assert Model(options, *parts, trained.dense, trained.meaning).bands("nb").danger == 0.7
    assert Model(options, *parts).bands("nb").danger == 0.2
    assert Model(replace(options, encoder_bands={}), *parts, trained.dense, trained.meaning).bands("nb").danger == 0.2

"""The whole product: what survives a killed process, what listens, what the logs hold."""

from __future__ import annotations

import time

import httpx
import psutil
import pytest

from tests.running_product import Product

pytestmark = pytest.mark.services


def test_it_tells_the_addresses_and_the_first_account_once(product: Product) -> None:
    assert product.output.count("First coordinator account") == 1
    assert f"{product.web}/console" in product.output


def test_a_parent_is_answered_in_her_language_with_sources(product: Product) -> None:
    parent = product.conversation("uk")
    answer = parent.send("скільки коштує садочок на місяць").json()
    (message,) = answer["messages"]
    assert (message["kind"], message["topic"], message["language"]) == ("answer", "barnehage.cost", "uk")
    assert message["sources"]
    assert all(source["checked"] for source in message["sources"])


def test_a_message_said_while_rasa_is_down_is_kept_and_answered_later(product: Product) -> None:
    parent = product.conversation("ar")
    parent.send("كم سعر الروضة بالشهر")
    killed = product.pid("rasa")
    product.kill("rasa")
    down = parent.send("كيف اغير الطبيب", client_id="while-down")
    assert down.status_code == 503
    assert down.headers["content-type"].startswith("application/problem+json")
    problem = down.json()
    assert problem["language"] == "ar"
    assert {number["number"] for number in problem["messages"][0]["numbers"]} >= {"113", "112"}
    product.wait_for_another("rasa", killed)
    again = parent.send("كيف اغير الطبيب", client_id="while-down")
    assert again.status_code == 200
    assert again.json()["messages"][0]["topic"] == "fastlege.choose-or-change"
    said = [message["text"] for message in parent.messages() if message["from"] == "parent"]
    assert said == ["كم سعر الروضة بالشهر", "كيف اغير الطبيب"]


def test_a_conversation_goes_on_after_web_was_killed(product: Product) -> None:
    parent = product.conversation("nb")
    parent.send("hva koster barnehage", client_id="before")
    before = parent.messages()
    killed = product.pid("web")
    product.kill("web")
    product.wait_for_another("web", killed)
    assert parent.messages() == before
    repeated = parent.send("hva koster barnehage", client_id="before").json()
    assert repeated["messages"][0]["id"] == before[-1]["id"]
    assert parent.send("er sfo gratis").json()["messages"][0]["topic"] == "sfo.free-hours"


def test_the_chat_does_not_notice_that_the_action_server_was_killed(product: Product) -> None:
    parent = product.conversation("en")
    killed = product.pid("actions")
    product.kill("actions")
    assert parent.send("how do I change my doctor").json()["messages"][0]["topic"] == "fastlege.choose-or-change"
    product.wait_for_another("actions", killed)


def test_only_web_listens_beyond_this_machine_and_here_not_even_that(product: Product) -> None:
    listening = {}
    for name in ("web", "rasa", "actions"):
        process = psutil.Process(product.pid(name))
        for one in [process, *process.children(recursive=True)]:
            for connection in one.net_connections(kind="inet"):
                if connection.status == psutil.CONN_LISTEN:
                    listening.setdefault(name, set()).add((connection.laddr.ip, connection.laddr.port))
    assert listening == {name: {("127.0.0.1", port)} for name, port in product.ports.items()}


def test_rasa_answers_nobody_without_the_token(product: Product) -> None:
    rasa = f"http://127.0.0.1:{product.ports['rasa']}"
    sent = httpx.post(
        f"{rasa}/webhooks/rest/webhook", json={"sender": "x", "message": "hva koster barnehage"}, timeout=10
    )
    parsed = httpx.post(f"{rasa}/model/parse", json={"text": "hei"}, timeout=10)
    tracker = httpx.get(f"{rasa}/conversations/x/tracker", timeout=10)
    assert [sent.status_code in (401, 403), parsed.status_code, tracker.status_code] == [True, 401, 401]


SECRETS = (
    "kvitrefjell barnehage pris",
    "/restart kvitrefjell",
    "<script>kvitrefjell</script>",
    "kvitrefjell " * 400,
    '/ask{"topic": "kvitrefjell"}',
    "barnevernet tok Kvitrefjell fra meg",
    "min mann slår meg, kvitrefjell",
    "kvitrefjell 😀\u200f\u202e",
)


def test_no_word_that_was_said_is_in_any_log_at_debug_level(product: Product) -> None:
    parent = product.conversation("nb")
    for words in SECRETS:
        parent.send(words)
    parent.call("POST", "/messages", content=b'{"id": "x", "text": "kvitrefjell')
    httpx.get(f"{product.web}/api/search", params={"q": "kvitrefjell"}, timeout=10)
    killed = product.pid("rasa")
    product.kill("rasa")
    parent.send("kvitrefjell en gang til")
    product.wait_for_another("rasa", killed)
    logs = [path for path in product.var.rglob("*") if path.is_file() and path.suffix in (".log", ".out")]
    assert {"web.log", "rasa.log", "actions.log"} <= {path.name for path in logs}
    assert all(path.stat().st_size for path in logs if path.name in ("web.log", "rasa.log"))
    told = [path.name for path in logs if b"kvitrefjell" in path.read_bytes().lower()]
    assert told == []


def test_delete_everything_leaves_no_word_in_any_file(product: Product) -> None:
    parent = product.conversation("nb")
    parent.send("hva koster barnehage for lille Vindalf")
    assert parent.call("DELETE").status_code == 204
    assert parent.send("er du der").status_code in (401, 410)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        holding = [path.name for path in product.var.rglob("*") if path.is_file() and b"Vindalf" in path.read_bytes()]
        if not holding:
            return
        time.sleep(1)
    raise AssertionError(f"still in {holding}")


def test_all_processes_together_need_less_memory_than_the_design_allows(product: Product) -> None:
    megabytes = 0.0
    for name in ("web", "rasa", "actions"):
        process = psutil.Process(product.pid(name))
        for one in [process, *process.children(recursive=True)]:
            megabytes += one.memory_info().rss / 1e6
    assert megabytes < 1200

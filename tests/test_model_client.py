"""The way to a model's server: what a proxy that the environment names comes to see."""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standin import Reply, answer, drips, fails, hangs, says, send, standin

from compassion_coach import Coach
from compassion_coach.address import is_here
from compassion_coach.doctor import findings
from compassion_coach.model.client import answer_in, way_to
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.settings import Settings

LETTER = "Dear Nell,\nIt makes sense that it hurt.\n"
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Let the environment name a proxy for everything, which hangs up; return what it is told."""
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def listen() -> None:
            while True:
                try:
                    caller, _ = proxy.accept()
                except OSError:  # the test is over
                    return
                with caller:
                    told.append(caller.recv(1 << 20))

        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        yield told
        proxy.shutdown(socket.SHUT_RDWR)
    listening.join(5)


def by_coach(base_url: str) -> None:
    asyncio.run(Coach(model="m", base_url=base_url, key="sk-hush", timeout=5).areflect(LETTER))


def by_prescreen(base_url: str) -> None:
    Path("letter.txt").write_text(LETTER, "utf-8")
    prescreen(["letter.txt"], Path("out"), Options(model=Model("m", base_url, "sk-hush", 5)))


def by_doctor(base_url: str) -> None:
    list(findings(Settings(model="m", base_url=base_url, key="sk-hush", sources={"key": "option"})))


@pytest.mark.parametrize("ask", [by_coach, by_prescreen, by_doctor])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_hears_of_what_is_asked_on_this_computer(
    ask: Callable[[str], None], host: str, overheard: list[bytes]
) -> None:
    """Neither letter nor key goes anywhere but to the server that was named."""
    with standin(says(answer())) as server:
        ask(server.base_url.replace("127.0.0.1", host))
    assert overheard == []
    assert len(server.bodies) == (0 if ask is by_doctor else 1)


@pytest.mark.parametrize("ask", [by_coach, by_doctor])
def test_no_proxy_reads_what_is_not_encrypted(ask: Callable[[str], None], overheard: list[bytes]) -> None:
    """Over plain http a proxy would see everything, wherever the server is."""
    ask("http://model.invalid/v1")
    assert overheard == []


@pytest.mark.parametrize("ask", [by_coach, by_doctor])
def test_a_proxy_hears_no_more_than_the_name_of_an_encrypted_server(
    ask: Callable[[str], None], overheard: list[bytes]
) -> None:
    """A proxy may be the only way out; it is asked to connect, and told nothing else."""
    ask("https://model.invalid/v1")
    assert overheard
    assert all(told.startswith(b"CONNECT model.invalid:443 ") for told in overheard)
    assert not any(b"hush" in told or b"hurt" in told for told in overheard)


def test_the_address_that_the_client_library_reads_is_no_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address it reads OPENAI_BASE_URL: what holds for one that was named holds for this."""
    assert way_to(None)["trust_env"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    assert not way_to(None)["trust_env"]
    assert not way_to("https://[::1]/v1")["trust_env"]


def heard_by(ask: Callable[[str], None], address: str = "http://127.0.0.1") -> list[dict[str, str]]:
    """Return the headers of what a server is asked."""
    heard: list[dict[str, str]] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        heard.append({name.lower(): value for name, value in handler.headers.items()})
        says(answer())(handler)

    with standin(reply) as server:
        ask(server.base_url.replace("http://127.0.0.1", address))
    return heard


@pytest.mark.parametrize("ask", [by_coach, by_prescreen, by_doctor])
def test_nothing_of_the_environment_goes_along(ask: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The client library reads headers, an organization and a project by itself; a server gets the key it was given."""
    names = ("Authorization: Bearer", "X-Gateway:", "Cookie:", "User-Agent:", "Host:")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "\n".join(f"{name} theirs" for name in names))
    for name in ("ORG_ID", "PROJECT_ID", "ADMIN_KEY", "API_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", "theirs")
    (headers,) = heard_by(ask)
    assert "theirs" not in str(headers)
    assert headers["authorization"] == "Bearer sk-hush"
    assert headers.keys() <= {
        "host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length",
        "authorization", "x-stainless-raw-response",
    }  # fmt: skip


@pytest.mark.parametrize("ask", [by_coach, by_doctor])
def test_a_name_and_a_password_in_an_address_are_for_its_server(
    ask: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were given with it."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer theirs")
    (headers,) = heard_by(ask, "http://ann:pass@127.0.0.1")
    assert headers["authorization"] == "Basic " + base64.b64encode(b"ann:pass").decode()


def test_what_was_never_asked_is_not_said_to_have_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that cannot even be made reached nobody."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Name: sk\u00e4")
    reflection = Coach(model="m", base_url="http://127.0.0.1:9/v1", key="k").reflect(LETTER)
    assert reflection.sent_to is None
    assert str(reflection.degraded).startswith("The model's server could not be asked.")


@pytest.mark.parametrize("key", ["sk\u00e4", "two words", None])
def test_the_doctor_asks_no_server_with_a_key_that_cannot_be_sent(key: str | None) -> None:
    """It says what is wrong with the key, and not that a server was reached."""
    base_url = "http://127.0.0.1:9/v1" if key else None
    told = dict(findings(Settings(model="m", base_url=base_url, key=key, sources={"key": "option"} if key else {})))
    assert "not asked" in told["server"]
    assert "key" in told["server"]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (send(200, "{}"), "reached; it does not list this model"),
        (send(200, "<html>"), "reached; its answer could not be read"),
        (fails(401), "reached; it does not accept the key"),
        (fails(500), "reached; it answers 500"),
        (send(200, json.dumps({"data": [{"id": "m"}]})), "reached"),
        (send(200, json.dumps({"data": [{"id": "n"}]})), "reached; it does not list this model"),
        (drips(3), "reached; its answer could not be read"),
        (hangs(3), "not reached"),
    ],
)
def test_the_doctor_says_how_far_it_came(reply: Reply, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within its patience, also inside a running event loop."""
    monkeypatch.setattr("compassion_coach.doctor._PATIENCE", 1.0)

    async def asked() -> dict[str, str]:
        return dict(findings(Settings(model="m", base_url=server.base_url, key="k", sources={"key": "option"})))

    with standin(reply) as server:
        assert asyncio.run(asked())["server"] == f"{server.base_url}: {told}"
    assert asyncio.run(asked())["server"].endswith(": not reached")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_computer_is_known_by_each_of_its_names(host: str) -> None:
    """Any other name may be somebody else's."""
    assert is_here(host)
    assert not is_here(f"{host}.example.org")


@pytest.mark.parametrize(
    ("told", "counted"), [(80, 80), (0, 0), (-3, 0), (10**12, 0), ("80", 0), (None, 0), (8.5, 0), ([], 0)]
)
def test_tokens_are_counted_as_far_as_a_server_can_be_believed(told: object, counted: int) -> None:
    """What no answer can have taken is no count, or one answer would use up an allowance."""
    body = {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": told, "completion_tokens": told}}
    found = answer_in(json.dumps(body).encode())
    assert (found.prompt_tokens, found.answer_tokens) == (counted, counted)

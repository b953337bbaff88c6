"""The way to a model's server: what a proxy that the environment names comes to see."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standin import answer, says, standin

from compassion_coach import Coach
from compassion_coach.doctor import findings
from compassion_coach.model_client import way_to
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.with_model import Model
from compassion_coach.settings import Settings, is_here

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


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_computer_is_known_by_each_of_its_names(host: str) -> None:
    """Any other name may be somebody else's."""
    assert is_here(host)
    assert not is_here(f"{host}.example.org")

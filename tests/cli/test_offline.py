"""No command asks for a network: whatever opens a connection or looks up a name fails here."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.conftest import Call
from sim.output.exports import FORMS


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a network was asked for")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)


def test_the_control_is_refused(offline: None) -> None:
    with pytest.raises(AssertionError, match="a network was asked for"):
        socket.create_connection(("127.0.0.1", 9))
    with socket.socket() as plug, pytest.raises(AssertionError, match="a network was asked for"):
        plug.connect(("127.0.0.1", 9))


def test_no_command_asks_for_a_network(offline: None, call: Call, scenario: Path, tmp_path: Path) -> None:
    """An address in a text of a scenario's is a text."""
    scenario.write_text(f'source = "http://127.0.0.1:9/x"\n{scenario.read_text()}')
    run = tmp_path / "run"
    commands = [
        ["check", scenario], ["run", scenario, "--workers", 1, "--out", run], ["replay", scenario, "--path", 1],
        ["data"], ["schema"], ["chart", "ranked", run, "--out", tmp_path / "ranked.svg"],
        ["report", run, "--out", tmp_path / "report.html"],
        *(["export", run, "--format", form, "--out", tmp_path / form] for form in (*FORMS, "hubverse")),
    ]  # fmt: skip
    for command in commands:
        said = call(*command)
        assert said.code == 0, (command, said.err)

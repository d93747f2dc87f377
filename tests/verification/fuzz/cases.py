"""Case number n of a seed: which kind it is, and its files. The same numbers give the same bytes on every machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

from fuzz import rules, sheets
from fuzz.contract import MAIN, Case, Planted
from fuzz.damage import NASTY, by_bytes, by_lines, by_tokens
from fuzz.grammar import Document, made, rendered
from fuzz.plants import ALONE, PLANTS, Sown

ROOT = Path(__file__).resolve().parents[3]
_ = rules  # its plants are in the catalogues by being imported


@lru_cache(maxsize=1)
def shipped() -> dict[str, str]:
    """The texts of the shipped scenarios."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted((ROOT / "scenarios").glob("*.toml"))}


def _with_base(text: str) -> dict[str, bytes]:
    """A scenario with the files that it may extend."""
    files = {MAIN: text.encode("utf-8", "surrogatepass")}
    return files | {name: base.encode() for name, base in shipped().items() if name in text and name != MAIN}


def _bytes(random: Random) -> Case:
    text = random.choice(list(shipped().values()))
    return Case("bytes", _with_base(text) | {MAIN: by_bytes(random, text.encode())})


def _lines(random: Random) -> Case:
    texts = list(shipped().values())
    return Case("lines", _with_base(by_lines(random, random.choice(texts), texts)))


def _tokens(random: Random) -> Case:
    return Case("tokens", _with_base(by_tokens(random, random.choice(list(shipped().values())))))


def _made(random: Random) -> Case:
    text, _places = rendered(random, made(random))
    return Case("made", {MAIN: text.encode()}, sound=True)


def _made_tokens(random: Random) -> Case:
    text, _places = rendered(random, made(random))
    return Case("made, tokens", {MAIN: by_tokens(random, text, NASTY).encode("utf-8", "surrogatepass")})


def _planted(random: Random) -> Case:
    document = made(random)
    found: list[tuple[str, Sown]] = []
    if random.random() < 0.3:
        catalogue, wanted = ALONE, 1
    else:
        catalogue, wanted = PLANTS, random.choice((1, 1, 2, 3, 5))
    for _try in range(20):
        name = random.choice(sorted(catalogue))
        one = catalogue[name](random, document)
        if one is not None:
            found.append((f"{name}: {one.name}" if one.name else name, one))
        if len(found) == wanted:
            break
    return _written(random, document, found) if found else _made(random)


def planted_with(random: Random, name: str) -> Case | None:
    """A scenario with one fault of this name; None where this scenario cannot bear it."""
    document = made(random)
    one = (PLANTS | ALONE)[name](random, document)
    return _written(random, document, [(f"{name}: {one.name}" if one.name else name, one)]) if one else None


def _written(random: Random, document: Document, found: list[tuple[str, Sown]]) -> Case:
    text, places = rendered(random, document)
    planted = tuple(
        Planted(name, MAIN, places[id(one.place)], one.codes, frozenset(places[id(other)] for other in one.also))
        for name, one in found
    )
    return Case("planted", {MAIN: text.encode()}, planted)


def _chain(random: Random) -> Case:
    """Files that extend one another: one to nine, in a circle or not, the last of them sound or damaged."""
    count = random.choice((1, 2, 2, 3, 8, 9))
    names = [MAIN, *(f"f{number}.toml" for number in range(1, count))]
    files = {}
    for index, name in enumerate(names):
        after = names[index + 1] if index + 1 < count else random.choice(("", "", random.choice(names), "nowhere.toml"))
        text, _places = rendered(random, made(random)) if count < 4 else (f"will.peer = 0.{index}\n", {})
        if random.random() < 0.2:
            text = by_tokens(random, text)
        text = (f'extends = "{after}"\n' if after else "") + text
        files[name] = text.encode("utf-8", "surrogatepass")
    return Case("chain", files)


KINDS = {
    "bytes": (_bytes, 16), "lines": (_lines, 8), "tokens": (_tokens, 18), "made": (_made, 4),
    "made, tokens": (_made_tokens, 12),
    "planted": (_planted, 22), "chain": (_chain, 4), "table made": (sheets.sound, 2),
    "table planted": (sheets.planted, 7),
    "table whole": (sheets.whole, 3), "table damaged": (sheets.damaged, 4),
}  # fmt: skip
"""Each kind with its share of the cases, in per cent."""


def case(seed: int, number: int) -> Case:
    """Case `number` of `seed`."""
    return drawn(Random(f"{seed} {number}"))


def drawn(random: Random) -> Case:
    """A case of any kind."""
    (kind,) = random.choices(list(KINDS), [share for _function, share in KINDS.values()])
    return KINDS[kind][0](random)

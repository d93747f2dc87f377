"""Whether draws at different addresses know of each other: names, allies, years, words, seeds and paths."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from judge.judge import Check, all_correlations, cells, correlation
from sim.numerics.streams import STRETCH, Streams

SEED = 2032
PATHS = 1 << 16
ADDRESSES = 200
PERIODS = 60
SEEDS = (0, 1, 2, 2032, 2033, 1 << 32, (1 << 32) + 1, 1 << 62)
LAG = 16
LAGS = (1, 2, LAG)
NATO = (8, 56, 100, 124, 191, 203, 208, 233, 246, 250, 276, 300, 348, 380, 428, 440, 442, 499, 528, 578, 616, 620,
        642, 703, 705, 724, 752, 792, 807, 826, 840)  # fmt: skip
"""The ISO numeric codes of the allies with armed forces."""
PAGE = Path(__file__).parents[3] / "docs" / "model" / "draws.md"

WORDS = (np.arange(1 << 16) + 0.5) / (1 << 16)
SCORES = special.ndtri(WORDS).astype(np.float32)
"""The normal score of each word."""
SQUARES = special.ndtri(2 * np.abs(WORDS - 0.5)).astype(np.float32)
"""The normal score of the score's square, which rises with it: itself exactly normal, so that the same bounds hold."""

Maker = Callable[[int, int, int], Streams]
Scores = NDArray[np.float32]


class Address(NamedTuple):
    """Where a draw stands."""

    name: str
    ally: int
    period: int
    word: int = 0


def names_of_the_page() -> list[tuple[str, bool]]:
    """Every stream name of docs/model/draws.md and whether it is an ally's; `/jump` continues the name before it."""
    rows = PAGE.read_text("utf-8").split("\n## Streams\n", 1)[1]
    names: dict[str, bool] = {}
    for row in re.findall(r"^\| (`.*)$", rows, re.M):
        first, ally = (cell.strip() for cell in row.split("|")[:2])
        stem = ""
        for name in re.findall(r"`([^`]+)`", first):
            full = stem.rsplit("/", 1)[0] + name if name.startswith("/") else name
            stem = full
            for filled in _filled(full):
                names[filled] = ally == "ally"
    return list(names.items())


def _filled(name: str) -> list[str]:
    if "<section>" in name:
        return ["param/will.mean", "param/outturn.base_error", "param/related.start", "param/urgency.level"]
    name = name.replace("<parameter>", "size")
    if "event" in name and "<name>" in name:
        return [name.replace("<name>", event) for event in ("crisis", "detente", "us_retrenchment", "storm")]
    return [name]


def addresses(number: int = ADDRESSES) -> list[Address]:
    """Every name of the page, at neighbouring allies and years first, until there are `number` of them."""
    names, found = names_of_the_page(), []
    places = [(56, 2027), (100, 2027), (56, 2028), (276, 2032), (300, 2032), (840, 2027), (8, 2030), (250, 2035)]
    for word in (0, 1):
        for index, (code, year) in enumerate(places):
            for name, of_ally in names:
                once = name.startswith(("param/", "parameters/"))
                if not of_ally and (index in (1, 4) or (once and index)):
                    continue  # the same year again, or drawn once
                found.append(Address(name, code if of_ally else 0, 0 if once else year, word))
    unique = list(dict.fromkeys(found))
    assert len(unique) >= number
    return unique[:number]


def scores_at(streams: Streams, places: list[Address], by: Scores = SCORES) -> Scores:
    """The normal scores of the words at some addresses, (addresses, paths)."""
    return np.stack([by[streams.uint16(p.name, ally=p.ally, period=p.period, word=p.word)] for p in places])


def standard(rows: Scores) -> Scores:
    """Each row with mean 0 and a sum of squares of 1, so that products of rows are correlations."""
    unit = rows - rows.mean(axis=1, keepdims=True)
    for row in unit:
        row /= np.sqrt(row @ row)
    return unit


def matrix_checks(name: str, rows: Scores) -> list[Check]:
    """Each pair of rows once: the largest correlation, and all of them."""
    unit, number = standard(rows), rows.shape[1]
    r = (unit @ unit.T)[np.triu_indices(len(rows), 1)].astype(np.float64)
    return [correlation(f"{name}: largest", r, number), all_correlations(f"{name}: all", r, number)]


def lagged_checks(name: str, rows: Scores, lag: int) -> list[Check]:
    """Each row against each other and itself, `lag` paths further."""
    r = (standard(rows[:, lag:]) @ standard(rows[:, :-lag]).T).astype(np.float64).ravel()
    number = rows.shape[1] - lag
    return [correlation(f"{name}: largest", r, number), all_correlations(f"{name}: all", r, number)]


def address_checks(streams: Maker = Streams, scale: int = 1, paths: int = PATHS) -> list[Check]:
    """200 addresses of really different kinds: their scores, the scores of their squares, and one path further."""
    places, made = addresses(), streams(SEED, 0, paths * scale)
    rows = scores_at(made, places)
    found = matrix_checks("addresses", rows) + lagged_checks("addresses, a path further", rows, 1)
    del rows
    return found + matrix_checks("squares of addresses", scores_at(made, places, SQUARES))


def stretch_checks(streams: Maker = Streams, scale: int = 1) -> list[Check]:
    """200 addresses inside each of 16 stretches, whose words are spread evenly: correlations, and pairs on a plane."""
    correlations, words = [], []
    for stretch in range(16 * scale):
        made = streams(SEED, stretch * STRETCH, STRETCH)
        rows = np.stack([made.uint16(p.name, ally=p.ally, period=p.period, word=p.word) for p in addresses()])
        unit = standard(SCORES[rows])
        correlations.append((unit @ unit.T)[np.triu_indices(len(rows), 1)].astype(np.float64))
        words.append(rows)
    r = np.concatenate(correlations)
    return [
        correlation("inside stretches: largest", r, STRETCH), all_correlations("inside stretches: all", r, STRETCH),
        *(even_planes(f"planes of {parts} by {parts}", words, parts) for parts in (16, 64)),
    ]  # fmt: skip


def even_planes(name: str, stretches: list[NDArray[np.uint16]], parts: int) -> Check:
    """Each address with the next and the seventh further: how evenly pairs of words lie on the square.

    Of two permutations drawn at random, Pearson's chi-square of the table of equal margins has the mean and variance
    stated (Haldane 1940); no two tables here share both of theirs, so that their sum is nearly normal.
    """
    tables, number = [], STRETCH
    for rows in stretches:
        cell = (rows.astype(np.int64) * parts) >> 16
        for step in (1, 7):
            pairs = cell * parts + np.roll(cell, step, axis=0)
            tables += [np.bincount(pair, minlength=parts * parts) for pair in pairs]
    expected = number / parts**2
    seen = ((np.stack(tables) - expected) ** 2).sum(axis=1) / expected
    mean = number / (number - 1) * (parts - 1) ** 2
    variance = 2 * number / (number - 3) * ((parts - 1) * (number - parts) / (number - 2)) ** 2
    z = float((seen.mean() - mean) / np.sqrt(variance / len(seen)))
    p = min(1.0, 2 * float(special.ndtr(-abs(z))))
    return Check(name, p, {"by": "approximation", "among": len(seen), "number": number, "z": z})


def serial_checks(streams: Maker = Streams, scale: int = 1, paths: int = PATHS) -> list[Check]:
    """Over 60 periods, over the allies, along the paths, between the words of a draw, between seeds."""
    made, found = streams(SEED, 0, paths * scale), []
    for name, ally in (("outturn/noise", 276), ("growth/factor", 0), ("event/crisis/occurs", 0)):
        rows = scores_at(made, [Address(name, ally, 2026 + period) for period in range(PERIODS)])
        found += matrix_checks(f"{name} over {PERIODS} periods", rows)
        found += lagged_checks(f"{name} over {PERIODS} periods, {LAG} paths further", rows, LAG)
        for lag in LAGS:
            r = float(np.mean(rows[lag:] * rows[:-lag], dtype=np.float64))
            found.append(correlation(f"{name}: periods {lag} apart", r, (PERIODS - lag) * rows.shape[1]))
    for name in ("outturn/noise", "election/early/occurs"):
        found += matrix_checks(f"{name} over allies", scores_at(made, [Address(name, code, 2030) for code in NATO]))
    long = streams(SEED, 0, paths * 16 * scale)
    for name, ally, period in (("outturn/execution", 276, 2029), ("event/crisis/month", 0, 2029)):
        row = SCORES[long.uint16(name, ally=ally, period=period)]
        for lag in (lag for lag in (*LAGS, STRETCH) if lag < len(row)):
            r = float((standard(row[None, lag:]) @ standard(row[None, :-lag]).T)[0, 0])
            found.append(correlation(f"{name}: paths {lag} apart", r, len(row) - lag))
        found += matrix_checks(
            f"{name}: both words", np.stack([row, SCORES[long.uint16(name, ally=ally, period=period, word=1)]])
        )[:1]
    seeds = np.stack([
        SCORES[streams(seed, 0, paths * scale).uint16("outturn/noise", ally=276, period=2030)] for seed in SEEDS
    ])  # fmt: skip
    return found + matrix_checks("seeds", seeds)


def uniformity_checks(streams: Maker = Streams, scale: int = 1) -> list[Check]:
    """Of one path, over years, every word equally often; each of 16 lanes for itself; pairs of neighbouring paths.

    Over the paths of a stretch words are no independent draws: their upper 12 bits come once each, and the lower 4 are
    the same.
    """
    one = streams(SEED, 0, 1)
    of_path = np.array([one.uint16("judge/uniform", period=period)[0] for period in range((1 << 17) * scale)])
    words = streams(SEED, 0, (1 << 21) * scale).uint16("judge/uniform")
    lanes = (np.arange(len(words)) % LAG) * 64 + (words >> 10)
    pairs = (words[:-1:2] >> 11).astype(np.int64) * 32 + (words[1::2] >> 11)
    return [
        cells("all words", np.bincount(of_path, minlength=1 << 16), np.full(1 << 16, 0.5**16)),
        cells("the lowest bits", np.bincount(of_path & 15, minlength=16), np.full(16, 1 / 16)),
        cells("lanes", np.bincount(lanes, minlength=1024), np.full(1024, 1 / 1024)),
        cells("pairs of neighbours", np.bincount(pairs, minlength=1024), np.full(1024, 1 / 1024)),
    ]


def stream_checks(scale: int = 1) -> list[Check]:
    """All of it."""
    checks = address_checks(scale=scale) + stretch_checks(scale=scale) + serial_checks(scale=scale)
    return checks + uniformity_checks(scale=scale)

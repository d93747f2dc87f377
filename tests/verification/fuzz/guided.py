"""Fuzzing guided by coverage (atheris): what reads a scenario and what reads a table, from the shipped files on.

`python tests/verification/fuzz/guided.py --seconds 3600` prints and keeps executions, coverage, corpus and what broke.
Atheris is no dependency of the project: `pip install atheris` (Linux, Python 3.11 to 3.13).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

if TYPE_CHECKING:
    from fuzz.contract import Case

STATUS = re.compile(r"#(\d+)\s+(INITED|DONE|NEW|REDUCE|pulse|RELOAD)\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
MODULES = [
    "sim.scenario",
    "sim.data",
    "sim.distributions.families",
    "sim.distributions.scalar",
    "sim.model.events",
    "tomllib",
]
MAX_LENGTH = 6_000
"""Bytes of an input: five times a shipped scenario, and 150 rows of a table."""
DUMPED = 16
"""One accepted input in so many is also dumped and read again."""


def seeds(folder: Path) -> int:
    """The shipped scenarios and the heads of the tables, each behind the byte that says what it is."""
    from fuzz.cases import shipped
    from fuzz.tables import NAMES, packaged

    texts = [(0, text) for text in shipped().values()]
    texts += [(index, "\n".join(packaged(name).split("\n")[:60])) for index, name in enumerate(NAMES, 1)]
    for number, (kind, text) in enumerate(texts):
        (folder / f"seed{number:02}").write_bytes(bytes([kind]) + text.encode())
    return len(texts)


def explore(corpus: Path, found: Path, seconds: int, seed: int) -> None:
    """The process that atheris rules: it never returns."""
    import atheris

    with atheris.instrument_imports(include=MODULES):
        import sim.scenario.loading.load  # noqa: F401
        from fuzz.cases import shipped
        from fuzz.contract import MAIN, Broken, Case, judge
        from fuzz.damage import by_bytes, by_lines, by_tokens
        from fuzz.tables import NAMES

    folder = Path(tempfile.mkdtemp(prefix="guided-"))
    counted: Counter[str] = Counter()
    broken: dict[str, str] = {}
    bases = {name: text.encode() for name, text in shipped().items()}

    def one(data: bytes) -> None:
        kind, content = (data[0] % (len(NAMES) + 1) if data else 0), data[1:]
        if kind:
            table = NAMES[kind - 1]
            case = Case("guided", {MAIN: f'[data]\n{table} = "{table}.csv"\n'.encode(), f"{table}.csv": content})
        else:
            files = {name: base for name, base in bases.items() if name.encode() in content}
            case = Case("guided", files | {MAIN: content})
        try:
            verdict = judge(case, folder, dump=crc32(data) % DUMPED == 0)
            counted["accepted" if not verdict.codes else "refused"] += 1
            counted.update({f"code {code}" for code in verdict.codes})
            counted["slowest, ms"] = max(counted["slowest, ms"], round(1_000 * verdict.seconds))
        except Broken as error:
            counted["broken"] += 1
            if error.what not in broken:
                broken[error.what] = str(error)[:2_000]
                name = re.sub(r"[^a-z0-9]+", "-", error.what.lower()).strip("-")
                (found / f"{name}.json").write_text(case.written(), encoding="utf-8")  # made smaller by the parent
        counted["executions"] += 1
        if counted["executions"] % 500 == 0:
            (found / "counted").write_text(json.dumps([counted, broken]), encoding="utf-8")

    def mutated(data: bytes, most: int, number: int) -> bytes:
        """Half of the time libFuzzer's own mutations, otherwise ours, which know lines and tokens."""
        random = Random(number)
        if not data or random.random() < 0.5:
            return atheris.Mutate(data, most)
        text = data[1:].decode("utf-8", "replace")
        match random.randrange(3):
            case 0:
                changed = by_bytes(random, data[1:])
            case 1:
                changed = by_lines(random, text, [text, *map(bytes.decode, bases.values())]).encode("utf-8", "replace")
            case _:
                changed = by_tokens(random, text).encode("utf-8", "replace")
        return (data[:1] + changed)[:most]

    limits = [
        f"-max_total_time={seconds}",
        f"-max_len={MAX_LENGTH}",
        f"-seed={seed}",
        "-timeout=120",
        "-rss_limit_mb=3000",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={found}/", str(corpus)], one, custom_mutator=mutated)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3_600)
    parser.add_argument("--seed", type=int, default=2032)
    parser.add_argument("--child", nargs=2, metavar=("CORPUS", "FOUND"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        explore(Path(given.child[0]), Path(given.child[1]), given.seconds, given.seed)
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("atheris is not installed: `pip install atheris` (Linux, Python 3.11 to 3.13)", file=sys.stderr)
        return 5
    from evidence import keep
    from fuzz.campaign import SOURCES
    from fuzz.contract import Case

    with tempfile.TemporaryDirectory(prefix="guided-") as place:
        corpus, found = Path(place, "corpus"), Path(place, "found")
        corpus.mkdir()
        found.mkdir()
        figures = watched(corpus, found, given.seconds, given.seed, seeds(corpus))
        for file in sorted(found.glob("*.json")):
            _to_corpus(Case.read(file.read_text("utf-8")), found)
    print(json.dumps(figures, indent=1))
    keep(
        "guided",
        figures,
        command=f"python tests/verification/fuzz/guided.py --seconds {given.seconds}",
        sources=SOURCES,
    )
    return 1 if figures["broken"] or figures["crashes"] else 0


def _to_corpus(case: Case, folder: Path) -> None:
    """Make a case that broke the contract smaller, and put it where a test repeats it."""
    from fuzz.campaign import CORPUS, keep_case
    from fuzz.smaller import broken_by, smaller

    what = broken_by(case, folder, run=False)
    if what is not None:
        keep_case(what, smaller(case, what, folder), CORPUS)


def watched(corpus: Path, found: Path, seconds: int, seed: int, first: int) -> dict[str, object]:
    """Run the explorer until the time is over; where it is felled, count the crash and go on from its corpus."""
    begun, begin, last, crashes, executions = time.monotonic(), None, (0, 0, 0, 0), 0, 0
    counted: Counter[str] = Counter()
    broken: dict[str, str] = {}
    while (left := seconds - int(time.monotonic() - begun)) > 0:
        call = [sys.executable, __file__, "--child", str(corpus), str(found), "--seconds", str(left)]
        call += ["--seed", str(seed + crashes)]
        with subprocess.Popen(
            call, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, errors="replace"
        ) as child:
            assert child.stderr is not None
            told: list[str] = []
            for line in child.stderr:
                told = [*told[-20:], line]
                if status := STATUS.search(line):
                    number, _word, *rest = status.groups()
                    last = (int(number), *map(int, rest))
                    begin = begin or last
                    if sys.stderr.isatty():
                        print(
                            f"\r{last[0]:,} executions, coverage {last[1]}, corpus {last[3]}", end="", file=sys.stderr
                        )
        executions += last[0]
        if (found / "counted").exists():
            some, causes = json.loads((found / "counted").read_text("utf-8"))
            slowest = max(counted["slowest, ms"], some["slowest, ms"])
            counted.update(some)
            counted["slowest, ms"] = slowest
            broken |= causes
        if child.returncode == 0:
            break
        crashes += 1
        print("".join(told), file=sys.stderr)
        if begin is None or crashes > 20:  # it does not even start, or falls over again and again
            break
    for told in broken.values():
        print(told, file=sys.stderr)
    codes = {name.removeprefix("code "): count for name, count in counted.items() if name.startswith("code ")}
    return {
        "seconds": round(time.monotonic() - begun), "executions": executions, "seeds": first,
        "coverage_of_the_seeds": (begin or last)[1], "coverage": last[1], "new_coverage": last[1] - (begin or last)[1],
        "features": last[2], "corpus": len(list(corpus.iterdir())), "crashes": crashes, "broken": counted["broken"],
        "causes": sorted(broken), "accepted": counted["accepted"], "refused": counted["refused"],
        "slowest_ms": counted["slowest, ms"], "codes": dict(sorted(codes.items(), key=lambda item: -item[1])),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

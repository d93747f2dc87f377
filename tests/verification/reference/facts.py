"""What a scenario and the tables say: merging of files, and the facts of each ally. Reads CSV and TOML only."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reference.defaults import ESTIMATED, FILE, IN_EARNEST, PARAMETERS, RULES
from reference.random_numbers import logarithm

ROOT = Path(__file__).resolve().parents[3]
TABLES = ROOT / "sim" / "data" / "tables"

Table = dict[str, Any]


# Files ----------------------------------------------------------------------------------------------------------------


def merged(under: Table, over: Table) -> Table:
    """One file on top of another, by the rules of docs/scenario-format.md."""
    made = {**under, **{key: value for key, value in over.items() if not isinstance(value, (dict, list))}}
    for section in {key for key in (*under, *over) if key not in ("targets", "ally", "event")}:
        one, two = under.get(section), over.get(section)
        if isinstance(one, dict) or isinstance(two, dict):  # a value is replaced whole: number, list or distribution
            made[section] = {**(one or {}), **(two or {})}
    names = under.get("targets", {}) | over.get("targets", {})
    made["targets"] = {
        name: {**under.get("targets", {}).get(name, {}), **over.get("targets", {}).get(name, {})} for name in names
    }
    codes = under.get("ally", {}) | over.get("ally", {})
    made["ally"] = {
        code: one_ally(under.get("ally", {}).get(code, {}), over.get("ally", {}).get(code, {})) for code in codes
    }
    made["event"] = all_events(under.get("event", []), over.get("event", []))
    return made


def one_ally(under: Table, over: Table) -> Table:
    """Facts are replaced, sections of parameters merged."""
    made = {**under, **over}
    for section in PARAMETERS:
        if section in made:
            made[section] = {**under.get(section, {}), **over.get(section, {})}
    return made


def all_events(under: list[Table], over: list[Table]) -> list[Table]:
    """Events merge by name."""
    made = {event["name"]: event for event in under}
    for event in over:
        former = made.get(event["name"])
        if former is None or event.get("kind", former["kind"]) != former["kind"]:
            made[event["name"]] = event
            continue
        lost: tuple[str, ...] = ()
        if "when" in event:
            lost = ("rate",)
        elif "rate" in event:
            lost = ("when", "probability")
        made[event["name"]] = {**{key: value for key, value in former.items() if key not in lost}, **event}
    return list(made.values())


def read(file: Path) -> Table:
    """A file with all that it extends; the packaged defaults are not yet below it."""
    found = tomllib.loads(file.read_text("utf-8"))
    below = found.pop("extends", None)
    return found if below is None else merged(read(file.parent / below), found)


# Tables ---------------------------------------------------------------------------------------------------------------


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a packaged table."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def by_year(name: str, column: str) -> dict[str, dict[int, float]]:
    """A column of a table by ally and year, without the blanks."""
    found: dict[str, dict[int, float]] = {}
    for row in rows(name):
        if row[column]:
            found.setdefault(row["iso3"], {})[int(row["year"])] = float(row[column])
    return found


def armed() -> list[dict[str, str]]:
    """The allies that are counted, by ISO numeric code."""
    return sorted(
        (row for row in rows("allies") if row["armed_forces"] == "1"), key=lambda row: int(row["iso_numeric"])
    )


def exposure(row: dict[str, str], rule: str) -> float:
    """Exposure from the map by one of its readings, or by judgement."""
    if row["exposure_override"]:
        return float(row["exposure_override"])
    near = min(max(logarithm(2200.0 / float(row["distance_moscow_km"])), 0.0), 1.0)
    if row["land_border_russia"] == "1":
        return max(near, 0.9)
    coast = row["near_coast"] == "1" and not (rule == "sheltered_black_sea" and row["black_sea_only"] == "1")
    return near if coast or rule == "distance" else 0.4 * near


def own_growth_sd(iso3: str, base: int) -> float:
    """Sample sd of an ally's growth less the mean of all counted allies that have a figure."""
    growth = by_year("gdp", "growth_pct")
    years = [t for t in range(2000, min(2024, base) + 1) if t not in (2009, 2020, 2021) and t in growth[iso3]]
    apart = []
    for t in years:
        all_figures = [growth[row["iso3"]][t] for row in armed() if t in growth[row["iso3"]]]
        apart.append(growth[iso3][t] - sum(all_figures) / len(all_figures))
    mean = sum(apart) / len(apart)
    return math.sqrt(sum((x - mean) ** 2 for x in apart) / (len(apart) - 1))


@cache
def forecast(iso3: str, base: int, year: int) -> float:
    """The growth that a budget counts on."""
    if base < 2020:
        growth = by_year("gdp", "growth_pct")[iso3]
        last_ten = [growth[t] for t in range(base - 9, base + 1) if t in growth]
        return sum(last_ten) / len(last_ten)
    growth = october(base, "growth_pct")[iso3] if base < 2026 else by_year("gdp", "growth_pct")[iso3]
    return growth[min(year, max(growth))]


@cache
def october(year: int, column: str) -> dict[str, dict[int, float]]:
    """A column of the outlook of an October, without the blanks."""
    found: dict[str, dict[int, float]] = {}
    for row in rows("outlook_vintages"):
        if row["edition"] == f"{year}-10" and row[column]:
            found.setdefault(row["iso3"], {})[int(row["year"])] = float(row[column])
    return found


def finance(iso3: str, base: int, column: str) -> dict[int, float]:
    """Public finance as known in December of the base year: what that October's outlook lacks is of the table."""
    printed = october(base, column)[iso3] if 2020 <= base < 2026 else {}
    return {**by_year("gdp", column)[iso3], **printed}


@cache
def early_election_rate(iso3: str) -> float:
    """From the record since 1990, drawn toward 0.08 as by 25 years of observation."""
    row = next((row for row in rows("early_elections") if row["iso3"] == iso3), None)
    if row is None or not row["n_early"]:
        return 0.08
    return (float(row["n_early"]) + 0.08 * 25) / (float(row["exposure_years"]) + 25)


def calendar(iso3: str, base: int) -> list[tuple[int, int]]:
    """Years and months of the elections that determine the executive, after the base year, none called early."""
    return [
        (int(row["year"]), int(row["month"]))
        for row in rows("elections")
        if row["iso3"] == iso3 and row["executive"] == "1" and row["early"] != "1" and int(row["year"]) > base
    ]


def budgets(iso3: str, base: int) -> dict[int, Table]:
    """By year, those that were known in December of the base year: of a year the furthest stage."""
    found: dict[int, Table] = {}
    for stage in ("draft", "adopted", "law"):
        for row in rows("budgets"):
            if row["iso3"] == iso3 and row["stage"] == stage and int(row["announced"][:4]) <= base < int(row["year"]):
                found[int(row["year"])] = {"share_pct": float(row["share_pct"]), "draft": stage == "draft"}
    return found


class Ally:
    """The facts of one ally under a scenario."""

    def __init__(self, row: dict[str, str], scenario: Table) -> None:
        base = scenario["horizon"]["base_year"]
        own = scenario["ally"].get(row["iso3"], {})
        self.iso3 = row["iso3"]
        self.numeric = int(row["iso_numeric"])
        self.own = own
        self.shares = by_year("shares", "share_pct")[self.iso3]
        self.published = self.shares[base]
        self.estimate = "share_pct" not in own and any(
            line["status"] == "estimate" for line in rows("shares")
            if line["iso3"] == self.iso3 and int(line["year"]) == base
        )  # fmt: skip
        self.start = own.get("share_pct", self.published)
        years = parameter(scenario, "budget", "norm_years", own)
        known = [self.shares[t] for t in range(base - years + 1, base) if t in self.shares] + [self.start]
        self.norm = own.get("norm_pct", sum(known) / len(known))
        self.debt = own.get("debt_pct", finance(self.iso3, base, "gov_debt_pct").get(base - 1))
        balance = finance(self.iso3, base, "gov_balance_pct")
        deficits = [-balance[t] for t in range(base - 3, base) if t in balance]
        self.deficit = own.get("deficit_pct", sum(deficits) / len(deficits))
        place = next(line for line in rows("geography") if line["iso3"] == self.iso3)
        self.exposures = {rule: own.get("exposure", exposure(place, rule)) for rule in RULES}
        self.commitment = own.get("commitment", 1.0)
        self.gdp = by_year("gdp", "nominal_usd_bn")[self.iso3][base]
        self.growth_sd = own_growth_sd(self.iso3, base)
        self.calendar = calendar(self.iso3, base)
        self.budgets = budgets(self.iso3, base) if parameter(scenario, "budget", "adopted", own) else {}


def parameter(scenario: Table, section: str, name: str, own: Table) -> Any:
    """What a scenario says of a parameter, for one ally."""
    if name in own.get(section, {}):
        return own[section][name]
    return scenario.get(section, {}).get(name, PARAMETERS[section][name][0])


Column = tuple[float, ...]


class Source:
    """Where parameters come from that no file says: the columns of the rows that paths take in turn."""

    def __init__(self, scenario: Table) -> None:
        said = scenario.get("parameters", {})
        use = said.get("use", "drawn")
        self.in_earnest = float(said.get("in_earnest", 0.5 if use == "drawn" else 0.0))
        self.geography = said.get("geography", "drawn" if use == "drawn" else "coasts")
        table = rows("parameter_draws")
        ways: dict[str, Sequence[dict[str, str] | None]] = {
            "drawn": table[1:], "estimated": table[:1], "shipped": [None],
        }  # fmt: skip
        self.rows = ways[use]
        """None: as shipped."""
        self.columns: dict[tuple[str, str], dict[str, Column]] = {
            (section, name): {part: self.column(section, name, part) for part in parts or ("",)}
            for section, names in ESTIMATED.items()
            for name, parts in names.items()
            if name not in scenario.get(section, {})
            and (use != "shipped" or (self.in_earnest > 0 and any(
                "_".join(filter(None, (section, name, part))) in IN_EARNEST for part in parts or ("",)
            )))
        }  # fmt: skip
        """By parameter and, of a distribution, its own: in each row, then in each of them with the pledge kept."""
        if not self.columns:  # a file says all of them
            self.rows, self.in_earnest = [None], 0.0

    def column(self, section: str, name: str, part: str) -> Column:
        """One parameter, row by row."""
        default = PARAMETERS[section][name][0]
        shipped = next(iter(default.values()))[part] if part else default
        column = "_".join(filter(None, (section, name, part)))
        found = tuple(float(shipped if row is None else row[column]) for row in self.rows)
        if self.in_earnest == 0:
            return found
        return found + ((IN_EARNEST[column],) * len(found) if column in IN_EARNEST else found)


def facts_of_the_start(scenario: Table) -> list[Table]:
    """The pledges, opt-outs and announced paths of the data, as events; a scenario's event of the name replaces one."""
    base = scenario["horizon"]["base_year"]
    if base < 2025:  # nobody had made them
        return []
    made = []
    for row in rows("pledges"):
        if row["role"] and parameter(scenario, "budget", "pledges", scenario["ally"].get(row["iso3"], {})):
            made.append({
                "name": f"{row['iso3'].lower()}_{row['role']}", "kind": "pledge", "ally": row["iso3"],
                "share_pct": float(row["target_pct"]), "by": int(row["target_year"]),
                "opt_out": row["role"] == "opt_out",
            })  # fmt: skip
    points: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows("announced_paths"):
        if int(row["announced"][:4]) > base:
            continue
        of_ally = points.setdefault(row["iso3"], {})  # of a year announced twice the later statement counts
        former = of_ally.get(row["year"])
        if former is None or row["announced"] > former["announced"]:
            of_ally[row["year"]] = row
    for iso3, lines in ((iso3, list(found.values())) for iso3, found in points.items()):
        if parameter(scenario, "budget", "announced_paths", scenario["ally"].get(iso3, {})):
            lines = sorted(lines, key=lambda line: int(line["year"]))
            made.append({
                "name": f"{iso3.lower()}_path", "kind": "announced_path", "ally": iso3,
                "points": [{"year": int(x["year"]), "share_pct": float(x["share_pct"])} for x in lines],
                "firm": lines[0]["kind"] != "plan",
            })  # fmt: skip
    named = {event["name"] for event in scenario["event"]}
    return [fact for fact in made if fact["name"] not in named]


RANKS = {"us_retrenchment": 0, "crisis": 1, "detente": 2}


def whole(scenario: Table) -> Table:
    """A scenario on top of the packaged defaults, with the facts of the start among its events, in their order."""
    made = merged(FILE, scenario)
    made["event"] = sorted(
        [*made["event"], *facts_of_the_start(made)], key=lambda event: (RANKS.get(event["name"], 3), event["name"])
    )
    return made

"""Valid scenarios of every make, as the dicts that a TOML file gives: `scenarios()` is a Hypothesis strategy."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Table = dict[str, Any]
Made = st.SearchStrategy[Any]

ALLIES = (
    "ALB", "BEL", "BGR", "CAN", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HRV", "HUN", "ITA",
    "LTU", "LUX", "LVA", "MKD", "MNE", "NLD", "NOR", "POL", "PRT", "ROU", "SVK", "SVN", "SWE", "TUR", "USA",
)  # fmt: skip
"""All with armed forces; the first letters come first, so that failures shrink to ALB."""

NAMES = ("a", "b", "border_talks", "c", "early", "vote_2", "x", "z_last")
STANDING = ("crisis", "detente", "us_retrenchment")
FACTS = ("deu_pledge", "deu_path", "esp_opt_out", "fra_path", "est_pledge", "usa_path")
KINDS = {"crisis": "crisis", "detente": "detente", "us_retrenchment": "us_retrenchment"}
"""Names that an event of the packaged defaults has: naming one again changes it."""

# The bounds that a parameter has, None for none, then the part of them that scenarios use. Outside it a run would
# still be valid, but so far from any budget that little would be reached but the clips.
Range = tuple[float | None, float | None, float, float]
PARAMETERS: dict[str, dict[str, Range]] = {
    "growth": {
        "factor": (None, None, -3, 3), "recession_probability": (0, 1, 0, 1), "recession_depth_pct": (0, 40, 0, 10),
        "ally_noise": (None, None, -2, 2), "sd_pct": (0, 30, 0, 5), "forecast_shift_pct": (-20, 20, -4, 4),
    },
    "urgency": {
        "decay": (0, 1, 0, 1), "level": (0, None, 0, 2), "crimea_jump": (0, 10, 0, 2), "invasion_jump": (0, 10, 0, 2),
        "us_warning_jump": (0, 10, 0, 2),
    },
    "will": {
        "mean": (None, None, -3, 3), "reversion": (0, 1, 0, 1), "noise": (None, None, -0.5, 0.5),
        "peer": (-1, 1, -1, 1), "change_at_election": (0, 1, 0, 1), "change_between_elections": (0, 5, 0, 1),
        "change_jump": (None, None, -1, 1), "lapse_probability": (0, 1, 0, 1), "early_election_rate": (0, 5, 0, 1),
    },
    "budget": {
        "threat_weight": (0, 50, 0, 12), "threat_urgency": (0, 10, 0, 2), "norm_learning": (0, 1, 0, 1),
        "pledge_weight": (0, 1, 0, 1), "desired_cap_pct": (0, 50, 0, 8), "desired_cap_exposure": (0, 50, 0, 5),
        "room_loss": (0, 1, 0, 1), "room_debt_from_pct": (0, 500, 0, 150), "room_debt_span_pct": (1, 500, 1, 101),
        "room_deficit_from_pct": (0, 50, 0, 6), "room_deficit_span_pct": (0.1, 50, 0.5, 6.5), "speed": (0, 1, 0, 1),
        "speed_urgency": (0, 10, 0, 1), "speed_max": (0, 1, 0, 1), "speed_down": (0, 1, 0, 1),
        "deadline_weight": (0, 1, 0, 1), "headroom_pct": (0, 50, 0, 6), "headroom_exposure": (0, 50, 0, 5),
        "headroom_weight": (0, 1, 0, 1), "max_rise_pct": (0, 50, 0, 2), "max_rise": (0, 10, 0, 1),
        "max_fall": (0, 1, 0, 0.5), "path_weight_first": (0, 1, 0, 1), "path_weight_firm": (0, 1, 0, 1),
        "path_weight_plan": (0, 1, 0, 1), "adopted_weight": (0, 1, 0, 1), "draft_weight": (0, 1, 0, 1),
    },
    "outturn": {
        "base_error": (None, None, -0.2, 0.2), "execution": (0, 5, 0, 2), "noise": (None, None, -0.1, 0.1),
        "floor_pct": (0, 20, 0, 2), "reporting": (None, None, -0.05, 0.05), "late_push_weight": (0, 1, 0, 1),
        "late_push_reach_2025_pct": (0, 20, 0, 2), "late_push_reach_pct": (0, 20, 0, 2),
        "late_push_reach": (0, 10, 0, 2), "late_push_excess": (None, None, -0.04, 0.04),
    },
    "related": {
        "start": (None, None, 0, 2), "speed": (0, 1, 0, 1), "scale_pct": (0, 20, 0, 4),
        "noise": (None, None, -0.2, 0.2), "counted_cap_pct": (0, 20, 0, 3),
    },
}  # fmt: skip
COMMON = frozenset({"factor", "recession_probability", "recession_depth_pct"})
"""Of the section growth: all allies share them."""

# Quantile tables are slow to make, so shapes come from short lists and only place and scale are free.
STUDENT = (5.0, 4.0, 3.0, 30.0)
BETAS = ((8.0, 2.0), (2.0, 5.0), (0.7, 0.9), (1.0, 1.0))
LOG_SDS = (0.3, 0.1, 0.8)
GAMMAS = (2.0, 0.6, 9.0)
OPEN_FAMILIES: tuple[Table, ...] = ({"name": "skewnorm", "a": 4.0}, {"name": "gumbel_r"}, {"name": "logistic"})
HALF_OPEN: tuple[Table, ...] = ({"name": "weibull_min", "c": 1.5}, {"name": "halfnorm"})
BOUNDED: tuple[Table, ...] = ({"name": "powerlaw", "a": 1.7}, {"name": "arcsine"}, {"name": "cosine"})
COSINE = 3.141592653589793


@st.composite
def values(draw: st.DrawFn, low: float, high: float) -> float:
    """A number on a grid of 41 between two bounds, both included, with few digits."""
    step = draw(st.integers(0, 40))
    return round(low + (high - low) * step / 40, 6)


@st.composite
def between(draw: st.DrawFn, low: float, high: float) -> tuple[float, float]:
    """Two numbers, the first below the second."""
    first = draw(st.integers(0, 39))
    second = draw(st.integers(first + 1, 40))
    place = [round(low + (high - low) * step / 40, 6) for step in (first, second)]
    return place[0], place[1]


@st.composite
def distributions(draw: st.DrawFn, limits: Range) -> Table:
    """A distribution of any family whose values all lie within the bounds of its parameter."""
    floor, ceiling, low, high = limits
    families = ["uniform", "triangular", "beta", "scipy_bounded"]
    if ceiling is None:
        if floor is None:
            families = ["normal", "student_t", "scipy_open", *families]
        families += ["exponential", "lognormal", "gamma", "scipy_half"]
    family = draw(st.sampled_from(families))
    least, most = draw(between(low, high))
    width = most - least
    match family:
        case "uniform":
            return {"uniform": {"low": least, "high": most}}
        case "triangular":
            mode = min(max(round(least + width * draw(st.sampled_from((0.3, 0.0, 1.0, 0.5))), 6), least), most)
            return {"triangular": {"low": least, "mode": mode, "high": most}}
        case "beta":
            a, b = draw(st.sampled_from(BETAS))
            return {"beta": {"a": a, "b": b, "low": least, "high": most}}
        case "scipy_bounded":
            shape = draw(st.sampled_from(BOUNDED))
            if shape["name"] == "cosine":  # its support is loc -/+ pi scale: keep a little inside
                return {"scipy": {**shape, "loc": (least + most) / 2, "scale": round(width / 2 / COSINE * 0.99, 7)}}
            return {"scipy": {**shape, "loc": least, "scale": round(width * 0.99, 7)}}
        case "normal":
            return {"normal": {"mean": least, "sd": draw(st.sampled_from((round(width / 3, 6), 0.0)))}}
        case "student_t":
            made: Table = {"df": draw(st.sampled_from(STUDENT)), "sd": round(width / 3, 6)}
            return {"student_t": {**made, "mean": least} if draw(st.booleans()) else made}
        case "scipy_open":
            return {"scipy": {**draw(st.sampled_from(OPEN_FAMILIES)), "loc": least, "scale": round(width / 4, 6)}}
        case "scipy_half":
            shape = draw(st.sampled_from(HALF_OPEN))
            return {"scipy": {**shape, "loc": max(least, 0.0), "scale": round(width / 3, 6)}}
        case "lognormal":
            return {"lognormal": {"mean": round(width / 2, 6), "log_sd": draw(st.sampled_from(LOG_SDS))}}
        case "gamma":
            return {"gamma": {"shape": draw(st.sampled_from(GAMMAS)), "mean": round(width / 3, 6)}}
    return {"exponential": {"mean": round(width / 3, 6)}}


def quantities(limits: Range) -> Made:
    """A number or a distribution."""
    return st.one_of(values(limits[2], limits[3]), distributions(limits))


@st.composite
def sections(draw: st.DrawFn, section: str, most: int, ally: bool = False) -> Table:
    """Some parameters of a section."""
    free = [name for name in PARAMETERS[section] if not (ally and name in COMMON)]
    chosen = draw(st.lists(st.sampled_from(free), max_size=most, unique=True))
    made = {name: draw(quantities(PARAMETERS[section][name])) for name in chosen}
    if section == "budget":
        made |= draw(
            st.fixed_dictionaries({}, optional=dict.fromkeys(("pledges", "announced_paths", "adopted"), st.booleans()))
        )
        if not ally and draw(st.booleans()):
            made["norm_years"] = draw(st.integers(1, 13))
        if ally and draw(st.integers(0, 3)) == 3:
            made["norm_years"] = draw(st.integers(1, 13))
    if section == "outturn" and draw(st.integers(0, 2)) == 2:
        made["late_push"] = draw(st.booleans())
    return made


def shares() -> Made:
    """Shares in hundredths, and some on the edge between two."""
    edges = st.sampled_from((3.495, 2.005, 4.999, 0.104))
    return st.one_of(st.sampled_from((2.0, 3.5, 5.0)), st.integers(50, 600).map(lambda x: x / 100), edges)


@st.composite
def all_targets(draw: st.DrawFn, base: int, last: int) -> dict[str, Table]:
    """Targets of up to three pillars, several in a pillar with one yardstick."""
    made: dict[str, Table] = {}
    for pillar, names in (("core", ("core", "alpha", "demand")), ("related", ("related", "more")),
                          ("total", ("total", "both"))):  # fmt: skip
        least = 1 if pillar == "core" else 0
        count = draw(st.integers(least, len(names) if pillar == "core" else 2))
        yardstick = draw(st.integers(0, max(count - 1, 0)))
        for index, name in enumerate(names[:count]):
            target: Table = {"share_pct": draw(shares()),
                             "by": max(draw(st.integers(base - 2, min(last + 5, 2100))), 2014)}  # fmt: skip
            if pillar != "core" or name != "core":
                target["pillar"] = pillar
            if draw(st.booleans()):
                target["commitment"] = draw(st.sampled_from((1.0, 0.0, 0.3, 0.55)))
            if draw(st.integers(0, 2)) == 2:
                target["members"] = draw(st.lists(st.sampled_from(ALLIES), min_size=1, max_size=20, unique=True))
            if count > 1:
                target["yardstick"] = index == yardstick
            made[name] = target
    return made


@st.composite
def allies(draw: st.DrawFn) -> dict[str, Table]:
    """Facts and parameters of up to three allies."""
    made: dict[str, Table] = {}
    chosen = ("USA", "DEU", "POL", "ESP", "NOR", "GRC", "ALB")
    for code in draw(st.lists(st.sampled_from(chosen), max_size=3, unique=True)):
        facts: Table = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "share_pct": values(0.7, 5), "norm_pct": values(0.7, 5), "debt_pct": values(27, 200),
                    "deficit_pct": values(-5, 12), "exposure": values(0, 1),
                    "commitment": st.sampled_from((1.0, 0.3, 0.0)),
                },
            )
        )  # fmt: skip
        for section in ("growth", "will", "budget", "outturn", "related"):
            if draw(st.booleans()):
                facts[section] = draw(sections(section, 3, ally=True))
        made[code] = facts
    return made


def months(base: int, last: int) -> Made:
    """A month of the run."""
    return st.tuples(st.integers(base + 1, last), st.integers(1, 12)).map(lambda when: f"{when[0]}-{when[1]:02d}")


@st.composite
def timed(draw: st.DrawFn, base: int, last: int, undated: bool) -> Table:
    """Dated, random, or of the start where the kind allows."""
    how = draw(st.sampled_from(("dated", "random", "start") if undated else ("dated", "random")))
    chance: Range = (0, 1, 0, 1)
    if how == "random":
        return {"rate": draw(quantities((0, 5, 0, 1)))}
    made: Table = {} if how == "start" else {"when": draw(months(base, last))}
    if draw(st.booleans()):
        made["probability"] = draw(quantities(chance))
    return made


@st.composite
def effects(draw: st.DrawFn, kind: str, targets: list[str], base: int, last: int) -> Table:
    """What is left to say of an event of some kind."""
    ally = st.sampled_from(ALLIES if draw(st.booleans()) else ("DEU", "ESP", "FRA"))
    years = st.integers(max(base - 2, 2014), min(last + 5, 2100))

    def some(**optional: st.SearchStrategy[Any]) -> Table:
        return draw(st.fixed_dictionaries({}, optional=optional))

    match kind:
        case "crisis" | "us_retrenchment" | "past_crisis":
            return some(size=quantities((0, None, 0, 2)))
        case "past_jump":
            return {"jump": draw(st.sampled_from(("crimea_jump", "invasion_jump", "us_warning_jump")))}
        case "detente":
            return some(factor=quantities((0, 1, 0, 1)))
        case "recession":
            return some(size_pct=quantities((0, 40, 0, 12)), ally=ally)
        case "election":
            return {"ally": draw(ally), **some(change_probability=quantities((0, 1, 0, 1)))}
        case "summit":
            made = some(share_pct=shares(), by=years, commitment=st.sampled_from((1.0, 0.0, 0.4)))
            return {**made, "target": draw(st.sampled_from(targets))}
        case "review":
            made = some(years_later=st.integers(-5, 5), change_pct=values(-1, 1))
            return {**made, "target": draw(st.sampled_from(targets))}
        case "pledge":
            made = {"ally": draw(ally), "share_pct": draw(shares()), "by": draw(years)}
            return {**made, **some(commitment=st.sampled_from((1.0, 0.0, 0.7)), opt_out=st.booleans())}
        case "announced_path":
            first = sorted(draw(st.lists(st.integers(base, last + 3), min_size=1, max_size=3, unique=True)))
            points = [{"year": year, "share_pct": draw(shares())} for year in first]
            return {"ally": draw(ally), "points": points, **some(firm=st.booleans())}
    state = draw(st.sampled_from(("urgency", "will", "share_pct", "norm_pct", "related_pct", "gdp_pct")))
    size = 20 if state == "gdp_pct" else 1
    amount = draw(st.one_of(values(-size, size), distributions((-size, size, -size, size))))
    return {"state": state, "amount": amount, **({} if state == "urgency" else some(ally=ally))}


@st.composite
def events(draw: st.DrawFn, targets: list[str], base: int, last: int) -> list[Table]:
    """Up to six events of any kind, dated or random, some in the place of one of the defaults or a fact of the data."""
    names = draw(st.lists(st.sampled_from(NAMES + STANDING + FACTS), max_size=6, unique=True))
    kinds = (
        "crisis", "shock", "detente", "us_retrenchment", "recession", "election", "pledge", "announced_path",
        "past_jump", "past_crisis",
    )  # fmt: skip
    made: list[Table] = []
    pledged: set[tuple[str, bool, str]] = set()
    for name in names:
        if name in KINDS and draw(st.booleans()):  # a change to a default: it keeps its kind
            kind, event = KINDS[name], {"name": name}
            if draw(st.booleans()):
                event |= draw(timed(base, last, undated=False))
        else:
            kind = draw(st.sampled_from(kinds + (("summit", "review") if targets else ())))
            event = {"name": name, "kind": kind}
            if kind == "past_crisis":
                event["when"] = draw(months(base - 9, base))
                event |= {"probability": draw(quantities((0, 1, 0, 1)))} if draw(st.booleans()) else {}
            else:
                event |= draw(timed(base, last, undated=kind in ("pledge", "announced_path")))
        event |= draw(effects(kind, targets, base, last))
        if kind == "pledge" and "rate" not in event:
            place = (event["ally"], event.get("opt_out", False), event.get("when", ""))
            if place in pledged:  # two of one ally at one time are refused
                continue
            pledged.add(place)
        made.append(event)
    return made


def settled(events: list[Table], targets: dict[str, Table], base: int) -> list[Table]:
    """The events with dates not before themselves, and reviews that leave every target a share and a date."""
    for event in events:
        if event.get("kind") in ("summit", "pledge") and "by" in event and ("when" in event or "rate" in event):
            event["by"] = max(event["by"], happens_from(event, base))
    for name, target in targets.items():
        about = [event for event in events if event.get("kind") in ("summit", "review") and event["target"] == name]
        reviews = [event for event in about if event["kind"] == "review"]
        setting = [target, *(event for event in about if event["kind"] == "summit")]
        shares, dates = ([each[key] for each in setting if key in each] for key in ("share_pct", "by"))
        for event in reviews:
            if "change_pct" in event:
                event["change_pct"] = max(event["change_pct"], (0.1 - min(shares)) / len(reviews))
            if "years_later" in event:
                spare = min(dates) - max(happens_from(each, base) for each in reviews)
                event["years_later"] = max(event["years_later"], -(spare // len(reviews))) if spare >= 0 else 0
    return events


def happens_from(event: Table, base: int) -> int:
    """The year of a dated event, the first one of another."""
    return int(event["when"][:4]) if "when" in event else base + 1


def sources() -> Made:
    """Where parameters come from that the file does not say."""
    return st.fixed_dictionaries(
        {"use": st.sampled_from(("drawn", "estimated", "shipped"))},
        optional={
            "in_earnest": st.sampled_from((0.5, 0.0, 1.0, 0.3)),
            "geography": st.sampled_from(("drawn", "coasts", "distance", "sheltered_black_sea")),
        },
    )


@st.composite
def scenarios(draw: st.DrawFn, most_years: int = 12) -> Table:
    """A whole scenario: valid, runnable, and as small as a failure lets it shrink to."""
    base = draw(st.sampled_from((2026, 2025, 2014, 2019, 2021, 2024, 2016, 2023)))
    last = base + draw(st.one_of(st.integers(1, min(5, most_years)), st.integers(1, most_years)))
    targets = draw(all_targets(base, last))
    made: Table = {"horizon": {"base_year": base, "last_year": last}, "targets": targets}
    for section in PARAMETERS:
        found = draw(sections(section, 5))
        if found:
            made[section] = found
    if draw(st.booleans()):
        made["parameters"] = draw(sources())
    own = draw(allies())
    if own:
        made["ally"] = own
    happens = settled(draw(events([name for name, target in targets.items()], base, last)), targets, base)
    if happens:
        made["event"] = happens
    return made

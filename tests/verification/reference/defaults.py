"""What the page gives as defaults: parameters with how often they are drawn, events, and the facts of two allies."""

from __future__ import annotations

from typing import Any

PATH, ALLY, YEAR, FIXED = "path", "ally", "year", "fixed"


def normal(mean: float, sd: float) -> dict[str, Any]:
    """A normal distribution as a scenario writes it."""
    return {"normal": {"mean": mean, "sd": sd}}


FROM_DATA = None

PARAMETERS: dict[str, dict[str, tuple[Any, str]]] = {
    "growth": {
        "factor": (normal(0.0, 1.3), YEAR),
        "recession_probability": (0.07, PATH),
        "recession_depth_pct": (5.0, PATH),
        "ally_noise": ({"student_t": {"df": 5.0, "mean": 0.0, "sd": 1.0}}, YEAR),
        "sd_pct": (FROM_DATA, ALLY),
        "forecast_shift_pct": (0.0, ALLY),
    },
    "urgency": {
        "decay": (0.05, PATH), "level": ({"lognormal": {"mean": 1.0, "log_sd": 0.3}}, PATH),
        "crimea_jump": (0.35, PATH), "invasion_jump": (1.0, PATH), "us_warning_jump": (0.7, PATH),
    },
    "will": {
        "mean": (normal(0.3, 1.0), ALLY),
        "reversion": (0.15, PATH),
        "noise": (normal(0.0, 0.2), YEAR),
        "peer": (0.05, PATH),
        "change_at_election": (0.45, PATH),
        "change_between_elections": (0.06, PATH),
        "change_jump": (normal(0.0, 0.4), YEAR),
        "lapse_probability": (0.5, PATH),
        "early_election_rate": (FROM_DATA, ALLY),
    },
    "budget": {
        "threat_weight": (6.0, PATH), "threat_urgency": (0.5, PATH), "norm_years": (5, FIXED),
        "norm_learning": (0.2, PATH), "pledge_weight": (0.5, PATH), "desired_cap_pct": (5.0, PATH),
        "desired_cap_exposure": (2.5, PATH), "room_loss": (0.45, PATH), "room_debt_from_pct": (60.0, PATH),
        "room_debt_span_pct": (60.0, PATH), "room_deficit_from_pct": (3.0, PATH), "room_deficit_span_pct": (3.0, PATH),
        "speed": (0.05, PATH), "speed_urgency": (0.18, PATH), "speed_max": (0.8, PATH), "speed_down": (0.2, PATH),
        "deadline_weight": (0.5, PATH), "headroom_pct": (3.0, PATH), "headroom_exposure": (2.5, PATH),
        "headroom_weight": (0.5, PATH), "max_rise_pct": (1.0, PATH), "max_rise": (0.4, PATH), "max_fall": (0.08, PATH),
        "pledges": (True, FIXED), "announced_paths": (True, FIXED), "adopted": (True, FIXED),
        "path_weight_first": (0.7, PATH), "path_weight_firm": (0.5, PATH), "path_weight_plan": (0.3, PATH),
        "adopted_weight": (0.9, PATH), "draft_weight": (0.7, PATH),
    },
    "outturn": {
        "base_error": ({"student_t": {"df": 4.0, "mean": -0.02, "sd": 0.116}}, ALLY),
        "execution": ({"beta": {"a": 8.0, "b": 2.0, "low": 0.0, "high": 1.0}}, YEAR),
        "noise": ({"student_t": {"df": 4.0, "mean": 0.0, "sd": 0.08}}, YEAR),
        "floor_pct": (0.2, PATH),
        "reporting": (normal(0.0, 0.02), YEAR),
        "late_push": (True, FIXED),
        "late_push_weight": (0.95, PATH),
        "late_push_reach_2025_pct": (0.75, PATH),
        "late_push_reach_pct": (0.4, PATH),
        "late_push_reach": (0.6, PATH),
        "late_push_excess": (normal(0.0, 0.01), YEAR),
    },
    "related": {
        "start": (normal(0.9, 0.35), ALLY), "speed": (0.35, PATH), "scale_pct": (2.0, PATH),
        "noise": (normal(0.0, 0.1), YEAR), "counted_cap_pct": (1.5, PATH),
    },
}  # fmt: skip

FILE: dict[str, Any] = {
    "horizon": {"base_year": 2026, "last_year": 2032},
    "ally": {
        "USA": {"commitment": 0.3, "will": {"early_election_rate": 0.0}, "outturn": {"late_push": False}},
        "NOR": {"will": {"early_election_rate": 0.0}},
    },
    "event": [
        {"name": "us_retrenchment", "kind": "us_retrenchment", "rate": 0.07},
        {"name": "crisis", "kind": "crisis", "rate": 0.07},
        {"name": "detente", "kind": "detente", "rate": 0.10},
    ],
}
"""What lies below every scenario file."""

EVENT_PARAMETERS: dict[str, tuple[str, Any]] = {
    "crisis": ("size", {"exponential": {"mean": 0.7}}),
    "us_retrenchment": ("size", {"exponential": {"mean": 0.4}}),
    "past_crisis": ("size", {"exponential": {"mean": 0.7}}),
    "detente": ("factor", 0.5),
    "recession": ("size_pct", 5.0),
    "shock": ("amount", None),
}
"""The parameter that an event of a kind draws each time, with its default."""

HISTORY = ((2014, 3, "crimea_jump"), (2022, 2, "invasion_jump"), (2025, 2, "us_warning_jump"))
"""Jumps of urgency in the past: year, month, the parameter that is their size."""

ESTIMATED: dict[str, dict[str, tuple[str, ...]]] = {
    "urgency": {"decay": (), "crimea_jump": (), "invasion_jump": (), "us_warning_jump": ()},
    "will": {"mean": ("mean", "sd")},
    "budget": {
        "speed": (), "speed_urgency": (), "speed_down": (), "threat_weight": (), "threat_urgency": (),
        "norm_learning": (), "pledge_weight": (), "deadline_weight": (), "headroom_pct": (),
    },
    "outturn": {"noise": ("sd",), "late_push_weight": ()},
}  # fmt: skip
"""What the table of draws has a column for: parameters, and of a distribution its own parameters."""

IN_EARNEST = {
    "will_mean_mean": 1.5, "budget_pledge_weight": 1.0, "budget_deadline_weight": 1.0, "outturn_late_push_weight": 1.0,
}  # fmt: skip
"""Where a kept pledge puts them."""

RULES = ("coasts", "distance", "sheltered_black_sea")
"""Of exposure, in the order in which a word picks them."""

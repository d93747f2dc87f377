"""The sections of a scenario file: every parameter of the model, its default, unit, scope and evidence.

Names and order follow docs/model. A parameter of scope "path", "ally", "year" or "event" takes a number or a
distribution; one of scope "fixed" takes a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Generic, Literal

from pydantic import Field, model_validator
from typing_extensions import TypeVar  # Python's own has a default from 3.13 on

from sim.arguments import LEAST_SHARE_PCT, LEAST_YEAR, MOST_PATHS
from sim.data.edition import FIRST_YEAR, LAST_YEAR
from sim.distributions.families import Beta, Lognormal, Normal, StudentT
from sim.distributions.scalar import Scalar
from sim.model.declaring import FrozenModel, Iso3, Text, Year, parameter

if TYPE_CHECKING:  # for the names in the heads of classes
    from sim.distributions.draws import Prepared  # noqa: F401
    from sim.numerics.arrays import Value  # noqa: F401

Flag = Annotated[bool, Field(strict=True)]

# A section has two lives: a file holds numbers and distributions, a block of paths what was drawn of them. The fields
# are the same, so one class declares them, and its two parameters say what stands in them: `Budget` is that of a file,
# `Budget[Value, Prepared]` that of a block.
Once = TypeVar("Once", default=Scalar, covariant=True)
"""What stands in a parameter of scope "path" or "ally": in a block a number, or an array over the paths."""

Later = TypeVar("Later", default=Scalar, covariant=True)
"""What stands in a parameter of scope "year": in a block still what it is drawn from, each time anew."""

InBlock = TypeVar("InBlock", covariant=True)


class DrawnAs(Generic[InBlock]):
    """Tells the type checker what a section of a file is in a block; it has no members."""


class Horizon(FrozenModel):
    """The years simulated."""

    base_year: Annotated[int, Field(strict=True, ge=LEAST_YEAR, le=LAST_YEAR)] = Field(
        LAST_YEAR,
        description="the last year with a figure, one of those in the table of shares; the run starts in its December",
    )
    last_year: Year = Field(2032, description="the last year simulated, included")

    @model_validator(mode="after")
    def _later(self) -> Horizon:
        if not self.base_year < self.last_year <= self.base_year + 40:
            raise ValueError(f"last_year must lie 1 to 40 years after base_year {self.base_year}, not {self.last_year}")
        return self


class Run(FrozenModel):
    """How the scenario is run unless the command line says otherwise."""

    paths: Annotated[int, Field(strict=True, ge=1, le=MOST_PATHS)] = Field(100_000, description="simulated paths")
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = Field(2032, description="the seed of every draw")


class ParameterSource(FrozenModel):
    """Where the parameters come from that no file says: of the estimate, as unsure as it is, or as shipped.

    A value written under [budget], [will], [urgency] or [outturn], or for one ally, always stands.
    """

    use: Literal["drawn", "estimated", "shipped"] = Field(
        "drawn",
        description="drawn: each path one row of the table `parameter_draws`; estimated: its draw 0; shipped: "
        "the defaults of this page",
    )
    in_earnest: Annotated[float, Field(strict=True, ge=0, le=1)] | None = Field(
        None,
        description="probability that the pledge is kept in earnest, once a path for all allies: will and the weights "
        "of the pledge, its date and closing on paper at the top of their ranges; 0.5 with drawn, else 0, unless given",
    )
    geography: Literal["drawn", "coasts", "distance", "sheltered_black_sea"] | None = Field(
        None,
        description="how exposure to Russia follows from geography: with coasts, by distance alone, a Black Sea coast "
        "counted as sheltered, or one of the three each path; drawn with drawn, else coasts, unless given",
    )

    @property
    def probability_in_earnest(self) -> float:
        """That a path keeps the pledge in earnest."""
        if self.in_earnest is not None:
            return self.in_earnest
        return 0.5 if self.use == "drawn" else 0.0

    @property
    def rule_of_exposure(self) -> str:
        """How exposure follows from geography, or "drawn"."""
        return self.geography or ("drawn" if self.use == "drawn" else "coasts")


class Target(FrozenModel):
    """A target of the alliance: the yardstick of compliance and, by its commitment, what allies steer by."""

    pillar: Literal["core", "related", "total"] = Field("core", description="core outlays, security-related, or both")
    share_pct: Annotated[float, Field(strict=True, ge=LEAST_SHARE_PCT, le=20)] = Field(
        description="% of GDP; at most 20, since shares are counted to 20.46"
    )
    by: Year = Field(description="the year it falls due")
    commitment: Annotated[float, Field(strict=True, ge=0, le=1)] = Field(
        1.0, description="1 for an agreed pledge, less for a demand; 0 makes it a yardstick only"
    )
    yardstick: Flag | None = Field(None, description="whether compliance is measured against it; one per pillar is")
    members: tuple[Iso3, ...] | None = Field(
        None, description="the allies it binds; all with armed forces unless given"
    )
    agreed: Text | None = Field(None, description="when and where it was agreed")

    @property
    def remarks(self) -> str:
        """Whether it was agreed, and whom it binds where it does not bind all, in brackets."""
        parts = [self.agreed] if self.agreed else []
        parts += [f"binds {', '.join(self.members)}"] if self.members is not None else []
        return f" ({'; '.join(parts)})" if parts else ""


class Growth(FrozenModel, DrawnAs["Growth[Value, Prepared]"], Generic[Once, Later]):
    """Equation 2."""

    factor: Later = parameter(
        Normal(mean=0.0, sd=1.3), "f_t without recessions: the year's common growth surprise", unit="percentage points",
        scope="year", evidence="IMF WEO April 2026: common part of growth 2000-2024",
    )  # fmt: skip
    recession_probability: Once = parameter(
        0.07, "probability of a common recession in a year", unit="1", scope="path", low=0, high=1
    )
    recession_depth_pct: Once = parameter(
        5.0, "growth lost in a common recession", unit="percentage points", scope="path", low=0, high=40
    )
    ally_noise: Later = parameter(
        StudentT(df=5.0, sd=1.0), "an ally's own growth surprise, in units of sd_pct", unit="sd", scope="year",
        evidence="IMF WEO April 2026: heavy tails of national growth",
    )  # fmt: skip
    sd_pct: Once | None = parameter(
        None, "sigma_i: sd of an ally's own growth surprise; from the data unless given", unit="percentage points",
        scope="ally", low=0, high=30, evidence="the IMF's actual figures since 2000, without 2009, 2020, 2021",
    )  # fmt: skip
    forecast_shift_pct: Once = parameter(
        0.0, "what is added to the forecast every year", unit="percentage points", scope="ally", low=-20, high=20,
        evidence="0: the IMF's forecast as it stands",
    )  # fmt: skip


class Urgency(FrozenModel, DrawnAs["Urgency[Value, Prepared]"], Generic[Once, Later]):
    """Equation 3. Its jumps are events: crisis, us_retrenchment, detente."""

    decay: Once = parameter(
        0.05, "part of urgency that fades in a year, continuously", unit="1/year", scope="path", low=0, high=1,
        used_as="monthly factor", evidence="judgement: half-life 14 years",
    )  # fmt: skip
    level: Once = parameter(
        Lognormal(mean=1.0, log_sd=0.3), "factor on what history has left of urgency at the start", unit="1",
        scope="path", low=0, high=None, evidence="judgement: nobody measures urgency, and much hangs on it",
    )  # fmt: skip
    crimea_jump: Once = parameter(
        0.35, "jump of urgency at the annexation of Crimea, March 2014", unit="urgency", scope="path", low=0, high=10
    )
    invasion_jump: Once = parameter(
        1.0, "jump at the full-scale invasion of Ukraine, February 2022", unit="urgency", scope="path", low=0, high=10
    )
    us_warning_jump: Once = parameter(
        0.7, "jump as the United States warned that Europe must provide for itself, February 2025", unit="urgency",
        scope="path", low=0, high=10,
    )  # fmt: skip


class Will(FrozenModel, DrawnAs["Will[Value, Prepared]"], Generic[Once, Later]):
    """Equation 4."""

    mean: Once = parameter(Normal(mean=0.3, sd=1.0), "ubar: the will an ally returns to", unit="log-odds", scope="ally")
    reversion: Once = parameter(0.15, "part of the way back in a year", unit="1/year", scope="path", low=0, high=1)
    noise: Later = parameter(Normal(mean=0.0, sd=0.2), "yearly noise of will", unit="log-odds", scope="year")
    peer: Once = parameter(
        0.05, "pull of the peers' average share", unit="log-odds per percentage point", scope="path", low=-1, high=1,
        evidence="judgement: sign disputed (free riding or following); -0.10 to +0.20 is defensible",
    )  # fmt: skip
    change_at_election: Once = parameter(
        0.45, "probability that an election changes the government", unit="1", scope="path", low=0, high=1,
        evidence="ParlGov 2024: about half of elections bring another head of government",
    )  # fmt: skip
    change_between_elections: Once = parameter(
        0.06,
        "rate at which governments change between elections",
        unit="1/year",
        scope="path",
        low=0,
        high=5,
        used_as="yearly probability",
    )
    change_jump: Later = parameter(
        Normal(mean=0.0, sd=0.4), "change of will with a new government", unit="log-odds", scope="year"
    )
    lapse_probability: Once = parameter(
        0.5, "probability that a new government drops the ally's own pledge, opt-out and announced path", unit="1",
        scope="path", low=0, high=1,
    )  # fmt: skip
    early_election_rate: Once | None = parameter(
        None, "early elections a year; from the data unless given", unit="1/year", scope="ally", low=0, high=5,
        used_as="yearly probability",
        evidence="ParlGov 2024, 1990-2023, shrunk to 0.08 as by 25 years of observation; 0 for USA and NOR",
    )  # fmt: skip


class Budget(FrozenModel, DrawnAs["Budget[Value, Prepared]"], Generic[Once, Later]):
    """Equations 5 and 6."""

    threat_weight: Once = parameter(
        6.0, "the premium's weight", unit="% of GDP", scope="path", low=0, high=50,
        evidence="NATO July 2026: cross-section after 2022",
    )  # fmt: skip
    threat_urgency: Once = parameter(
        0.5, "weight of urgency beside will in the premium", unit="1", scope="path", low=0, high=10
    )
    norm_years: Annotated[int, Field(strict=True, ge=1, le=LAST_YEAR - FIRST_YEAR + 1)] = Field(
        5, description="years whose mean is the norm at the start, the base year included",
        json_schema_extra={"unit": "years", "scope": "fixed", "evidence": "judgement"},
    )  # fmt: skip
    norm_learning: Once = parameter(
        0.20, "part of the gap to unthreatened spending that becomes habit in a year", unit="1/year", scope="path",
        low=0, high=1,
    )  # fmt: skip
    pledge_weight: Once = parameter(
        0.5, "part of the distance from norm to target that a fully willing ally wants", unit="1", scope="path",
        low=0, high=1,
    )  # fmt: skip
    desired_cap_pct: Once = parameter(
        5.0, "ceiling of the desired share at exposure 0", unit="% of GDP", scope="path", low=0, high=50
    )
    desired_cap_exposure: Once = parameter(
        2.5, "what full exposure adds to that ceiling", unit="% of GDP", scope="path", low=0, high=50
    )
    room_loss: Once = parameter(
        0.45, "part of an increase that a high debt or deficit takes away", unit="1", scope="path", low=0, high=1,
        evidence="NATO July 2026 on IMF debt: cross-section after 2022",
    )  # fmt: skip
    room_debt_from_pct: Once = parameter(
        60.0, "debt at which room begins to shrink", unit="% of GDP", scope="path", low=0, high=500,
        evidence="the Maastricht reference value",
    )  # fmt: skip
    room_debt_span_pct: Once = parameter(
        60.0, "further debt after which it shrinks no more", unit="% of GDP", scope="path", low=1, high=500
    )
    room_deficit_from_pct: Once = parameter(
        3.0, "deficit at which room begins to shrink", unit="% of GDP", scope="path", low=0, high=50,
        evidence="the Maastricht reference value",
    )  # fmt: skip
    room_deficit_span_pct: Once = parameter(
        3.0, "further deficit after which it shrinks no more", unit="% of GDP", scope="path", low=0.1, high=50
    )
    speed: Once = parameter(
        0.05, "part of the gap closed in a year without urgency", unit="1/year", scope="path", low=0, high=1,
        evidence="NATO July 2026: 3 to 6 % of the gap to 2 % a year before 2022",
    )  # fmt: skip
    speed_urgency: Once = parameter(
        0.18, "what a unit of urgency adds to it", unit="1/year", scope="path", low=0, high=10,
        evidence="NATO July 2026: 34 to 45 % a year after 2022",
    )  # fmt: skip
    speed_max: Once = parameter(0.8, "ceiling of that speed", unit="1/year", scope="path", low=0, high=1)
    speed_down: Once = parameter(
        0.2, "part of an excess given up in a year", unit="1/year", scope="path", low=0, high=1
    )
    deadline_weight: Once = parameter(
        0.5, "part of the step to the pledge's date that a fully willing ally takes", unit="1", scope="path", low=0,
        high=1,
    )  # fmt: skip
    headroom_pct: Once = parameter(
        3.0, "level toward which increases slow down at exposure 0", unit="% of GDP", scope="path", low=0, high=50
    )
    headroom_exposure: Once = parameter(
        2.5, "what full exposure adds to that level", unit="% of GDP", scope="path", low=0, high=50
    )
    headroom_weight: Once = parameter(
        0.5, "part of the headroom one budget can take", unit="1", scope="path", low=0, high=1
    )
    max_rise_pct: Once = parameter(
        1.0, "largest planned rise of the share", unit="percentage points", scope="path", low=0, high=50,
        evidence="NATO July 2026: larger rises are one-off purchases",
    )  # fmt: skip
    max_rise: Once = parameter(
        0.40, "largest planned rise, as part of the share", unit="1", scope="path", low=0, high=10
    )
    max_fall: Once = parameter(0.08, "largest planned cut, as part of the share", unit="1", scope="path", low=0, high=1)
    pledges: Flag = Field(True, description="whether the allies' own pledges and opt-outs of the data hold")
    announced_paths: Flag = Field(True, description="whether the allies' announced paths of the data hold")
    adopted: Flag = Field(True, description="whether the allies' budgets of the data hold, adopted or drafted")
    path_weight_first: Once = parameter(
        0.7, "weight of an announced path in the first budget", unit="1", scope="path", low=0, high=1,
        evidence="judgement between best weights: announcements of the year itself, n = 14: 0.92; of the year before, "
        "n = 21: 0.42; both: 0.55",
    )  # fmt: skip
    path_weight_firm: Once = parameter(
        0.5, "its later weight, a law or funded plan", unit="1", scope="path", low=0, high=1
    )
    path_weight_plan: Once = parameter(
        0.3, "its later weight, a plan", unit="1", scope="path", low=0, high=1,
        evidence="judgement: two and more years ahead, n = 17, the best weight is 0",
    )  # fmt: skip
    adopted_weight: Once = parameter(
        0.9, "weight of a budget that is law or adopted, in its year", unit="1", scope="path", low=0, high=1,
        evidence="partly judgement: announcements in the year itself, n = 14: best weight 0.92; laws, n = 2: 0.90",
    )  # fmt: skip
    draft_weight: Once = parameter(
        0.7, "weight of a draft budget, in its year", unit="1", scope="path", low=0, high=1,
        evidence="judgement: announcements of the year before, n = 21: best weight 0.42, up to December of any month",
    )  # fmt: skip


class Outturn(FrozenModel, DrawnAs["Outturn[Value, Prepared]"], Generic[Once, Later]):
    """Equations 1, 7 and 8."""

    base_error: Once = parameter(
        StudentT(df=4.0, mean=-0.02, sd=0.116), "relative error of the base year's estimate", unit="1", scope="ally",
        low=None, high=None, evidence="NATO editions June 2019 to July 2026: first estimates against later figures",
    )  # fmt: skip
    execution: Later = parameter(
        Beta(a=8.0, b=2.0), "part of a planned increase that is spent", unit="1", scope="year", low=0, high=5
    )
    noise: Later = parameter(
        StudentT(df=4.0, sd=0.08), "noise of outlays, relative to the share", unit="1", scope="year",
        evidence="NATO July 2026: yearly changes of shares",
    )  # fmt: skip
    floor_pct: Once = parameter(0.2, "lowest share", unit="% of GDP", scope="path", low=0, high=20)
    reporting: Later = parameter(
        Normal(mean=0.0, sd=0.02), "relative noise of the reported share", unit="1", scope="year"
    )
    late_push: Flag = Field(True, description="whether the last distance can be closed on paper")
    late_push_weight: Once = parameter(
        0.95, "probability of closing on paper at full willingness and saturated urgency", unit="1", scope="path",
        low=0, high=1, evidence="NATO July 2026: a dozen allies arrived between 2.00 and 2.10 in 2025",
    )  # fmt: skip
    late_push_reach_2025_pct: Once = parameter(
        0.75, "largest distance to the target that is closed on paper, to 2025", unit="percentage points",
        scope="path", low=0, high=20, evidence="NATO July 2026: the jumps of 2025",
    )  # fmt: skip
    late_push_reach_pct: Once = parameter(
        0.40, "the same after 2025: reclassification is spent once", unit="percentage points", scope="path", low=0,
        high=20, evidence="judgement: the largest that no test on data can check",
    )  # fmt: skip
    late_push_reach: Once = parameter(
        0.6, "the same, as part of the share of the year before", unit="1", scope="path", low=0, high=10
    )
    late_push_excess: Later = parameter(
        Normal(mean=0.0, sd=0.01), "how far above the target closing on paper ends: its size, relative", unit="1",
        scope="year", evidence="NATO July 2026: 2.00 to 2.10",
    )  # fmt: skip


class Related(FrozenModel, DrawnAs["Related[Value, Prepared]"], Generic[Once, Later]):
    """Equation 9: an assumption throughout."""

    start: Once = parameter(
        Normal(mean=0.9, sd=0.35), "security-related outlays in the base year, cut at 0", unit="% of GDP", scope="ally",
        evidence="assumption: NATO publishes no ally's figure",
    )  # fmt: skip
    speed: Once = parameter(
        0.35, "part of the way to its aim in a year", unit="1/year", scope="path", low=0, high=1, evidence="assumption"
    )
    scale_pct: Once = parameter(
        2.0, "the aim of a fully willing ally", unit="% of GDP", scope="path", low=0, high=20, evidence="assumption"
    )
    noise: Later = parameter(
        Normal(mean=0.0, sd=0.10), "yearly noise", unit="% of GDP", scope="year", evidence="assumption"
    )
    counted_cap_pct: Once = parameter(
        1.5, "the most that counts toward the total", unit="% of GDP", scope="path", low=0, high=20,
        evidence="The Hague, June 2025: up to 1.5 %",
    )  # fmt: skip

"""A scenario: frozen, validated, hashable facts. Nothing here needs NumPy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeVar

from pydantic import AfterValidator, Discriminator, Field, Tag, create_model, model_validator

from sim.arguments import LEAST_SHARE_PCT, MOST_SHARE_PCT
from sim.data.tables import Replacement
from sim.distributions.scalar import scaled
from sim.model import sections
from sim.model.declaring import FrozenModel, Iso3, Name, Text
from sim.model.estimated import ESTIMATED, Estimated
from sim.model.events import AnyEvent
from sim.model.parameters import (
    Budget,
    Growth,
    Horizon,
    Outturn,
    ParameterSource,
    Related,
    Run,
    Target,
    Urgency,
    Will,
)

SomeSection = TypeVar("SomeSection", bound=FrozenModel)


File = Annotated[str, Field(max_length=255)]

Location = tuple[str, int]
"""A file, and a line in it."""


class OwnTable(FrozenModel):
    """A user's own rows, and whether they are a whole table."""

    file: File = Field(description="the name of a CSV file beside the scenario")
    overlay: Annotated[bool, Field(strict=True)] = Field(
        False, description="true: its rows take the place of packaged ones or join them; false: of the whole table"
    )


def _plain(value: str | OwnTable) -> str | OwnTable:
    """A whole table is named by its file alone, however it was written, so that equal scenarios are equal."""
    return value.file if isinstance(value, OwnTable) and not value.overlay else value


Table = Annotated[
    Annotated[File, Tag("file")] | Annotated[OwnTable, Tag("table")],
    Discriminator(lambda value: "table" if isinstance(value, dict | OwnTable) else "file"),
    AfterValidator(_plain),
]


class Data(FrozenModel):
    """A user's own table in the place of a packaged one, or rows over it: the name of a CSV file beside the scenario.

    Laid over the packaged table, a row takes the place of the one of the same ally (year, stage); of elections, pledges
    and announced_paths the rows of an ally take the place of all it has.
    """

    allies: Table | None = Field(None, description="a file in place of the table `allies`, or over it")
    shares: Table | None = Field(None, description="a file in place of the table `shares`, or over it")
    gdp: Table | None = Field(None, description="a file in place of the table `gdp`, or over it")
    elections: Table | None = Field(None, description="a file in place of the table `elections`, or over it")
    early_elections: Table | None = Field(
        None, description="a file in place of the table `early_elections`, or over it"
    )
    pledges: Table | None = Field(None, description="a file in place of the table `pledges`, or over it")
    announced_paths: Table | None = Field(
        None, description="a file in place of the table `announced_paths`, or over it"
    )
    budgets: Table | None = Field(None, description="a file in place of the table `budgets`, or over it")
    geography: Table | None = Field(None, description="a file in place of the table `geography`, or over it")
    parameter_draws: Table | None = Field(
        None, description="a file in place of the table `parameter_draws`; `sim calibrate --draws` writes one"
    )


def _some_of(section: sections.Section) -> type[FrozenModel]:
    """A section of which one ally overrides some parameters: every field optional but those all allies share."""
    fields: dict[str, Any] = {}
    for name, field in section.model.model_fields.items():
        if name in section.shared:
            continue
        fields[name] = (
            field.rebuild_annotation() | None,
            Field(None, description=field.description, json_schema_extra=field.json_schema_extra),
        )
    return create_model(f"{section.model.__name__}OfAlly", __base__=FrozenModel, __module__=__name__, **fields)


OF_ALLY: Final = {section.name: _some_of(section) for section in sections.SECTIONS if section.of_ally}
"""The tables inside [ally.XXX]."""
globals().update({model.__name__: model for model in OF_ALLY.values()})  # where pickle looks for them


class AllyFigures(FrozenModel):
    """What one ally has otherwise than the data or the common parameters say."""

    share_pct: Annotated[float, Field(strict=True, ge=LEAST_SHARE_PCT, le=MOST_SHARE_PCT)] | None = Field(
        None, description="share of the base year"
    )
    norm_pct: Annotated[float, Field(strict=True, ge=LEAST_SHARE_PCT, le=MOST_SHARE_PCT)] | None = Field(
        None, description="norm at the start"
    )
    debt_pct: Annotated[float, Field(strict=True, ge=0, le=500)] | None = Field(
        None, description="public debt, % of GDP"
    )
    deficit_pct: Annotated[float, Field(strict=True, ge=-50, le=50)] | None = Field(
        None, description="public deficit, % of GDP"
    )
    exposure: Annotated[float, Field(strict=True, ge=0, le=1)] | None = Field(
        None, description="exposure to Russia, 0 to 1"
    )
    commitment: Annotated[float, Field(strict=True, ge=0, le=1)] | None = Field(
        None, description="the most it feels bound by an alliance target, 0 to 1"
    )


if TYPE_CHECKING:
    AllySection = AllyFigures  # and a field for each of OF_ALLY, which is read by its name alone
else:
    AllySection = create_model(
        "AllySection", __base__=AllyFigures, __module__=__name__, __doc__=AllyFigures.__doc__,
        **{name: (model | None, None) for name, model in OF_ALLY.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class Base:
    """The file that a scenario's file extends."""

    name: str  # without its ending: "hague_2035"
    scenario: Scenario | None  # None where it is a part only, which cannot stand alone


class Scenario(FrozenModel):
    """What is simulated. `sim.load` reads one from a file.

    >>> import sim
    >>> scenario = sim.load("hague_2035")
    >>> later = scenario.horizon.model_copy(update={"last_year": 2040})
    >>> scenario.model_copy(update={"horizon": later}).horizon.last_year
    2040
    """

    title: Text = Field("untitled", description="one line")
    source: Text | None = Field(None, description="where the idea comes from: publisher and date")
    description: Text | None = Field(None, description="a paragraph: what it assumes, what it is not")
    extends: Text | None = Field(
        None, description="another file of the same folder, or the name of a shipped scenario, that this one builds on"
    )
    horizon: Horizon = Horizon()
    run: Run = Run()
    targets: dict[Name, Target] = Field({}, max_length=20, description="the alliance's targets by name")
    parameters: ParameterSource = ParameterSource()
    growth: Growth = Growth()
    urgency: Urgency = Urgency()
    will: Will = Will()
    budget: Budget = Budget()
    outturn: Outturn = Outturn()
    related: Related = Related()
    data: Data = Data()
    ally: dict[Iso3, AllySection] = Field({}, description="what single allies have otherwise")
    event: tuple[AnyEvent, ...] = Field((), max_length=300, description="what happens")

    replacements: dict[str, Replacement] = Field({}, exclude=True, repr=False)
    """The user's own tables and rows, read when the file was loaded; filled by `sim.load`, not a key of the file."""

    locations: ClassVar[Mapping[str, Location]] = {}
    """File and line of each table, such as "ally.ITA.will.mean", of a scenario that was read. No field, so that
    scenarios are equal wherever they stand."""

    base: ClassVar[Base | None] = None
    """What its file extends, where it was loaded from one that does. No field either: equal scenarios are equal however
    they are written."""

    @model_validator(mode="after")
    def _one_yardstick_a_pillar(self) -> Self:
        for pillar in ("core", "related", "total"):
            named = [name for name, target in self.targets.items() if target.pillar == pillar]
            marked = [name for name in named if self.targets[name].yardstick]
            if len(marked) > 1 or (len(named) > 1 and len(marked) != 1):
                raise ValueError(
                    f"the pillar {pillar} has the targets {', '.join(named)}: mark exactly one with yardstick = true"
                )
        return self

    def yardstick(self, pillar: str) -> Target | None:
        """The target that compliance of a pillar is measured against.

        >>> import sim
        >>> target = sim.load("us_five_percent_now").yardstick("core")
        >>> target.share_pct, target.by
        (5.0, 2027)
        """
        named = [target for target in self.targets.values() if target.pillar == pillar]
        marked = [target for target in named if target.yardstick]
        return next(iter(marked or [target for target in named if target.yardstick is None]), None)

    def of_ally(self, iso3: str, section: SomeSection) -> SomeSection:
        """A section with what one ally overrides in it.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> scenario.outturn.late_push, scenario.of_ally("USA", scenario.outturn).late_push
        (True, False)
        """
        own = self.overridden(iso3, section)
        return section.model_copy(update=own) if own else section

    def overridden(self, iso3: str, section: SomeSection) -> dict[str, Any]:
        """What one ally overrides of a section, by field, also where the value is the common one.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> scenario.overridden("NOR", scenario.will)
        {'early_election_rate': 0.0}
        """
        facts = self.ally.get(iso3)
        own = getattr(facts, sections.section_of(type(section)).name, None) if facts else None
        return {} if own is None else {name: getattr(own, name) for name in own.model_fields_set}

    def with_urgency(self, factor: float) -> Self:
        """The same scenario with `factor` > 0 times the urgency of the start.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> half = sim.simulate(scenario.with_urgency(0.5), paths=2_000).alliance()
        >>> core = half.query("pillar == 'core' and year == 2032")
        >>> print(f"{(core['compliant'] * core['probability']).sum():.1f} allies expected")
        11.9 allies expected
        """
        level = scaled(self.urgency.level, factor)
        return self.model_copy(update={"urgency": self.urgency.model_copy(update={"level": level})})

    @property
    def unsaid(self) -> tuple[Estimated, ...]:
        """The estimated parameters that no file says: `parameters` decides where their values come from.

        >>> import sim
        >>> len(sim.load("rutte_2032").unsaid), len(sim.loads("[budget]\\nspeed = 0.1").unsaid)
        (17, 16)
        """
        return tuple(each for each in ESTIMATED if each.field not in getattr(self, each.section).model_fields_set)

    @cached_property
    def left_to_rows(self) -> frozenset[tuple[str, str]]:
        r"""Section and key of every parameter that no file says, and that is therefore taken from the estimate.

        >>> import sim
        >>> scenario = sim.loads('[parameters]\nuse = "estimated"\n[budget]\nspeed = 0.1')
        >>> ("budget", "speed") in scenario.left_to_rows, ("budget", "speed_down") in scenario.left_to_rows
        (False, True)
        """
        drawn, turned = self.parameters.use != "shipped", self.probability_in_earnest > 0
        return frozenset((each.section, each.field) for each in self.unsaid if drawn or (each.in_earnest and turned))

    @property
    def probability_in_earnest(self) -> float:
        """That a path keeps the pledge in earnest; 0 where files say every parameter that this would raise.

        >>> import sim
        >>> sim.load("rutte_2032").probability_in_earnest
        0.5
        """
        return self.parameters.probability_in_earnest if any(each.in_earnest for each in self.unsaid) else 0.0

    def canonical(self) -> dict[str, Any]:
        """Everything that determines the results, in one order: what is simulated, not how it is called.

        >>> import sim
        >>> renamed = sim.load("rutte_2032").model_copy(update={"title": "Another title"})
        >>> renamed.canonical() == sim.load("rutte_2032").canonical()
        True
        """
        facts = self.model_dump(
            mode="json", by_alias=True, exclude={"title", "source", "description", "extends", "run"}
        )
        facts["event"] = sorted(facts["event"], key=lambda event: str(event["name"]))
        for section, field in self.left_to_rows:
            del facts[section][field]
        return facts

    @cached_property
    def digest(self) -> str:
        """sha256 over everything that determines the results, the user's own tables included.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> scenario.digest == sim.load("rutte_2032").digest, scenario.digest == scenario.with_urgency(0.5).digest
        (True, False)
        """
        tables = {name: sha256(table.text.encode()).hexdigest() for name, table in self.replacements.items()}
        text = json.dumps([self.canonical(), tables], sort_keys=True, separators=(",", ":"), allow_nan=False)
        return sha256(text.encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields replaced; it has a digest of its own.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> lower = scenario.budget.model_copy(update={"headroom_pct": 2.5})
        >>> scenario.model_copy(update={"budget": lower}).digest == scenario.digest
        False
        """
        copy = super().model_copy(update=update, deep=deep)
        for cached in ("digest", "left_to_rows"):
            copy.__dict__.pop(cached, None)
        return copy

    def _repr_html_(self) -> str:
        from sim.text.markup import card, yardstick

        stated = ((pillar, self.yardstick(pillar)) for pillar in ("core", "related", "total"))
        lines = [yardstick(pillar, each.share_pct, each.by, each.remarks) for pillar, each in stated if each]
        lines += [f"based on {self.base.name}"] if self.base else []
        first, last = self.horizon.base_year + 1, self.horizon.last_year
        return card(self.title, [*lines, f"{first}–{last}, {self.run.paths:,} paths, seed {self.run.seed}"])

    def __eq__(self, other: object) -> bool:
        # a value that a file says stands against the estimate's, even where it is the shipped one
        return super().__eq__(other) and isinstance(other, Scenario) and self.left_to_rows == other.left_to_rows

    def __hash__(self) -> int:
        return hash(self.digest)

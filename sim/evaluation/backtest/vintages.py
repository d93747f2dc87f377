"""NATO's first estimates and what became of them: errors by edition, counts by edition, changed compliance.

An estimate's relative error is the later figure over the estimate, less 1: the factor by which the model's
`outturn.base_error` moves an estimated base year. Shares are % of GDP; all figures come from the packaged vintages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median, stdev
from types import MappingProxyType

from sim.data.edition import FIRST_OF_CORE, LAST_OF_ALL_OUTLAYS
from sim.data.tables import Tables
from sim.distributions.families import Normal, StudentT
from sim.numerics.grid import printed, reaches

RESTATED_PP = 0.10
"""A figure counts as restated where the last edition of all outlays and the first of core outlays differ by this much,
percentage points, rounded as printed."""

OTHER_DIVISOR: Mapping[tuple[str, int], str] = MappingProxyType(
    {("LUX", 2023): "over GDP in July 2023, over gross national income later: 0.72 / 0.67 is 1.07"}
)
"""First estimates on another divisor than the later editions; ours from the figures, NATO does not say so."""


@dataclass(frozen=True, slots=True)
class EditionError:
    """How far one edition's estimates of its own year lay from a later edition; relative errors, no unit."""

    edition: str  # YYYY-MM, or "pooled"
    year: int | None  # the year estimated
    against: str  # the later edition
    sample: str  # "all", or "same basis": without the allies in `left_out`
    n: int
    mean: float
    standard_error: float  # of the mean, as if allies erred independently, which they do not quite
    sd: float
    robust_sd: float  # 1.4826 times the median distance from the median: the spread without the tails
    mean_pp: float  # of later figure less estimate, percentage points of GDP
    sd_pp: float
    left_out: tuple[str, ...]  # "ALB 2023": restated or on another divisor


@dataclass(frozen=True, slots=True)
class AssumptionCheck:
    """An assumed distribution of the relative error held against what was found."""

    edition: str
    against: str
    sample: str
    n: int
    mean_in_standard_errors: float  # found less assumed mean, in standard errors of the found one
    sd_ratio: float  # found over assumed
    inside_90: int  # errors inside the assumption's central 90 %
    ks_p: float  # Kolmogorov and Smirnov: probability of so large a distance, were the assumption true


@dataclass(frozen=True, slots=True)
class EditionCount:
    """Allies at or above a share in one year, as one edition has it (rounded to two decimals)."""

    year: int
    edition: str
    estimate_of_own_year: bool
    decimals: int  # of the figures known; 1 cannot tell 1.96 from 2.00
    members: int  # of that year, with a figure
    members_reached: int
    figures: int  # allies of today with a figure
    reached: int


@dataclass(frozen=True, slots=True)
class RevisedCount:
    """A count as published, and what later editions make of the same year."""

    year: int
    published: str | None  # YYYY[-MM[-DD]]
    reached: int
    members: int
    later: tuple[tuple[str, int], ...]  # edition, members of that year that reach it


@dataclass(frozen=True, slots=True)
class ComplianceChange:
    """An ally that stands on the other side of the line in the newest edition."""

    iso3: str
    year: int
    edition: str  # of the first estimate
    estimate_pct: float
    now_pct: float
    met_then: bool
    met_now: bool
    restated: bool  # whether the definition had a part in it


Figures = Mapping[tuple[str, int], Mapping[str, float]]  # (edition, year): share by ally, % of GDP


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Estimates beside later figures, both in % of GDP."""

    edition: str
    year: int | None
    against: str
    sample: str
    pairs: tuple[tuple[float, float], ...]
    left_out: tuple[str, ...]

    @property
    def relative(self) -> tuple[float, ...]:
        return tuple(later / estimate - 1 for estimate, later in self.pairs)


def restated(tables: Tables) -> tuple[tuple[str, int], ...]:
    """Allies and years moved by 0.10 points or more by the new definition of the outlays, and LUX 2023.

    From 2014 to 2024 that is the new definition; in 2025 it mixes definition with outturn, so that leaving these out
    there also leaves out the largest true errors.
    """
    figures = _figures(tables)
    moved = {
        (iso3, year)
        for (edition, year), shares in figures.items()
        if edition == LAST_OF_ALL_OUTLAYS
        for iso3, share in shares.items()
        if abs(printed(figures.get((FIRST_OF_CORE, year), shares).get(iso3, share)) - printed(share))
        >= printed(RESTATED_PP)
    }
    return tuple(sorted(moved | OTHER_DIVISOR.keys(), key=lambda key: (key[1], key[0])))


def estimate_errors(tables: Tables) -> tuple[EditionError, ...]:
    """Errors of each edition's estimate of its own year, and pooled over editions.

    Against the newest edition for all allies and for those on the same basis, and against the last edition of
    all outlays, the definition that most estimates were made in.
    """
    found = []
    for group in _groups(tables):
        errors = group.relative
        points = [later - estimate for estimate, later in group.pairs]
        middle = median(errors)
        found.append(EditionError(
            edition=group.edition, year=group.year, against=group.against, sample=group.sample, n=len(errors),
            mean=fmean(errors), standard_error=stdev(errors) / len(errors) ** 0.5, sd=stdev(errors),
            robust_sd=1.4826 * median(abs(error - middle) for error in errors),
            mean_pp=fmean(points), sd_pp=stdev(points), left_out=group.left_out,
        ))  # fmt: skip
    return tuple(found)


def assumption_checks(tables: Tables, assumed: Normal | StudentT) -> tuple[AssumptionCheck, ...]:
    """A distribution of the relative error, held against the errors of every group of `estimate_errors`."""
    from scipy.stats import kstest, norm, t  # slow to import

    mean, sd = assumed.moments()
    if isinstance(assumed, StudentT):
        distribution = t(assumed.df, mean, sd * ((assumed.df - 2) / assumed.df) ** 0.5)
    else:
        distribution = norm(mean, sd)
    low, high = distribution.interval(0.9)
    found = []
    for group in _groups(tables):
        errors = group.relative
        spread = stdev(errors)
        found.append(AssumptionCheck(
            edition=group.edition, against=group.against, sample=group.sample, n=len(errors),
            mean_in_standard_errors=(fmean(errors) - mean) / (spread / len(errors) ** 0.5), sd_ratio=spread / sd,
            inside_90=sum(low <= error <= high for error in errors),
            ks_p=float(kstest(errors, distribution.cdf).pvalue),
        ))  # fmt: skip
    return tuple(found)


def counts_by_edition(tables: Tables, share_pct: float = 2.0) -> tuple[EditionCount, ...]:
    """Allies at or above `share_pct` by year and edition: members of the day, and all that have a figure today."""
    joined = {ally.iso3: ally.joined_nato for ally in tables.allies}
    figures, decimals = _figures(tables), _decimals(tables)
    own = _own_year(figures)
    found = []
    for edition, year in sorted(figures, key=lambda key: key[::-1]):
        shares = figures[edition, year]
        members = {iso3: share for iso3, share in shares.items() if joined[iso3] <= year}
        found.append(EditionCount(
            year=year, edition=edition, estimate_of_own_year=edition in own.get(year, ()),
            decimals=decimals[edition, year], members=len(members), figures=len(shares),
            members_reached=sum(_met(share, share_pct) for share in members.values()),
            reached=sum(_met(share, share_pct) for share in shares.values()),
        ))  # fmt: skip
    return tuple(found)


def published_and_revised(tables: Tables) -> tuple[RevisedCount, ...]:
    """Every count at 2 % that was published, beside the full editions' counts of that year, by year and date."""
    later = counts_by_edition(tables)
    return tuple(
        RevisedCount(
            year=row.year, published=row.published, reached=row.reached, members=row.members,
            later=tuple(
                (count.edition, count.members_reached)
                for count in later
                if count.year == row.year and count.decimals > 1 and count.edition > (row.published or "")[:7]
            ),
        )
        for row in tables.published_counts
    )  # fmt: skip


def compliance_changes(tables: Tables, share_pct: float = 2.0) -> tuple[ComplianceChange, ...]:
    """Allies whose compliance with `share_pct` differs between the first estimate of a year and the newest edition."""
    figures, moved = _figures(tables), restated(tables)
    newest = _newest(figures)
    return tuple(
        ComplianceChange(iso3, year, editions[0], estimate, now, _met(estimate, share_pct), _met(now, share_pct),
                         (iso3, year) in moved)
        for year, editions in sorted(_own_year(figures).items())
        for iso3, estimate in figures[editions[0], year].items()
        if (now := figures.get((newest, year), {}).get(iso3)) is not None
        and _met(estimate, share_pct) != _met(now, share_pct)
    )  # fmt: skip


def _groups(tables: Tables) -> tuple[_Pairs, ...]:
    """What is compared: by later edition and sample, each edition and all of them pooled; two pairs at least."""
    figures, moved = _figures(tables), set(restated(tables))
    newest = _newest(figures)
    first = {year: editions[0] for year, editions in sorted(_own_year(figures).items())}
    groups = []
    for against, sample in ((newest, "all"), (newest, "same basis"), (LAST_OF_ALL_OUTLAYS, "all")):
        parts = []
        for year, edition in first.items():
            if edition >= against or (against, year) not in figures:
                continue
            estimates, later = figures[edition, year], figures[against, year]
            both = [iso3 for iso3 in estimates if iso3 in later]
            out = [iso3 for iso3 in both if sample == "same basis" and (iso3, year) in moved]
            pairs = tuple((estimates[iso3], later[iso3]) for iso3 in both if iso3 not in out)
            parts.append(_Pairs(edition, year, against, sample, pairs, tuple(f"{iso3} {year}" for iso3 in out)))
        joined = tuple(pair for part in parts for pair in part.pairs)
        left_out = tuple(name for part in parts for name in part.left_out)
        groups += [*parts, _Pairs("pooled", None, against, sample, joined, left_out)]
    return tuple(group for group in groups if len(group.pairs) > 1)


def _figures(tables: Tables) -> dict[tuple[str, int], dict[str, float]]:
    """Shares of every edition as printed: two decimals, % of GDP."""
    figures: dict[tuple[str, int], dict[str, float]] = {}
    for row in tables.share_vintages:
        figures.setdefault((row.edition, row.year), {})[row.iso3] = int(printed(row.share_pct)) / 100
    return figures


def _decimals(tables: Tables) -> dict[tuple[str, int], int]:
    """The fewest decimals among the figures of every edition and year, from the words of `basis`."""
    decimals: dict[tuple[str, int], int] = {}
    for row in tables.share_vintages:
        stated = re.search(r"([0-9]) decimal", row.basis)
        known = int(stated.group(1)) if stated else 2
        decimals[row.edition, row.year] = min(known, decimals.get((row.edition, row.year), known))
    return decimals


def _newest(figures: Figures) -> str:
    return max(edition for edition, _ in figures)


def _own_year(figures: Figures) -> dict[int, list[str]]:
    """The editions that estimate the year they appeared in, but the newest, by year."""
    found: dict[int, list[str]] = {}
    for edition, year in sorted(figures):
        if edition.startswith(str(year)) and edition != _newest(figures):
            found.setdefault(year, []).append(edition)
    return found


def _met(share: float, share_pct: float) -> bool:
    """Compliance as NATO prints shares: two decimals."""
    return bool(reaches(printed(share), share_pct))

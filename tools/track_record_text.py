"""The words of docs/track-record.md; `{...}` is filled with figures by tools/track_record.py."""

PAGE = """# Track record

Written by `make track-record` from the code and the data of this version: {made}.

This page forecasts the past. From every December of 2014 to 2025 the model says what each of 31 allies will spend one
to ten years later, given its assumptions; then it is scored against what NATO's table of July 2026 shows, beside ten
simple baselines. One to five years are shown here, the rest by `sim backtest --json`. The figures of 2025 and 2026 are
NATO's estimates, and estimates have been revised a good deal ([below](#first-estimates)); what the scores are without
them stands under [Scores by distance](#scores-by-distance).

Four modes are kept apart everywhere. Their scores are never averaged.

- **out-of-sample**: {estimated} of the model's {numbers_all} numbers are estimated on figures up to the December of the
  forecast, and what these figures do not pin stays as open as its range; half of the runs keep the pledge in earnest, the map is read by
  three rules, and events after it are random. This is what these equations could have said, and how `sim run` forecasts
  unless a scenario says otherwise.
- **as-shipped**: the parameters as they ship (`use = "shipped"`), chosen with the whole history in view; events random.
- **events-given**: the same, and the invasion of 2022, the American warning of 2025 and the target of The Hague happen
  when they did. This tests how budgets answer to events, not whether anybody could foresee them.
- **first-estimates**: out of sample from the shares as NATO first published them, from the few Decembers where the data
  have these ([below](#from-first-estimates)).

**What no mode can undo:** the structure itself, that nearness to Russia, a perceived threat, a pledge with a date and a
closing on paper drive budgets, was chosen by people who knew 2022 and 2025. The out-of-sample mode re-estimates numbers, not
ideas. The ranges its estimates start from were set by people who knew the shipped values (the middle of three of them
is the shipped value), the numbers it does not estimate are as shipped, and the equations and the estimator were changed
after a look at these very scores. So its scores are those of a validation, not of a test; tests are the
[frozen forecast](forecasts.md) and, backwards in time, the [hindcast on SIPRI's measure](sipri-hindcast.md). How much hangs on single ideas stands [below](#what-each-idea-is-worth).

## In short

{short}

## Scores by distance

The continuous ranked probability score (CRPS) is the mean distance of a whole forecast distribution from what came, in
percentage points of GDP; smaller is better, and for a forecast of one number it is the absolute error. Origins 2015 to
2025 (ARIMA needs two changes and starts in 2016), all 31 allies.

![Mean CRPS by years ahead: the model's three modes lie below all baselines](pictures/track-record-scores.svg)

{scores}

These intervals ignore that forecasts two and more years ahead overlap, and are too narrow there.

The same without the estimates of 2025 and 2026, that is scored on the years to 2024 only:

{actual}

Out of sample against the best baseline of each distance. Ratio: below 1 the model is better. p: Diebold and Mariano's
test on the means of the origins, with the small-sample correction; the version with Bartlett's weights is too sure of
itself when forecasts overlap. It is made one to three years ahead only: further on, forecasts overlap too much. Two modes
have seen what they forecast, so no test is made of them.

{contest}

## Where it loses

Mean CRPS of the out-of-sample mode and of the best baseline, by the December the forecast was made in; 2014 has no baseline
that needs a change.

{origins}

## Bands

How many outcomes lay in the central bands. The probability integral transform shows where in its forecast each outcome
fell: a forecast that is right about its own uncertainty gives a flat picture, one that is too low rises to the right.

{coverage}

How many shares lay inside the 90 % band out of sample, from every single December: one world moves all allies, so a band that
holds nearly all in a calm year holds few in another.

{coverage_by_origin}

{count_bands}

![Histograms of the probability integral transform by mode](pictures/track-record-pit.svg)

## Standing at 2 %

The probability that an ally stands at 2 % or more. The Brier score is the mean squared error of a probability,
0.25 for always saying one half; miscalibration and discrimination are its parts after isotonic recalibration (Murphy's
decomposition as CORP). The logarithmic score counts no forecast as surer than 1 in 100. Beside them the ranked probability score of the
number of allies at 2 %, and the energy score of all 31 shares together (percentage points).

{event}

![Reliability: forecast against observed frequency by mode](pictures/track-record-reliability.svg)

{reliability_words} Without the shocks of 2022 and 2025 in view, the out-of-sample forecasts were too low throughout.

The number of allies at 2 % (of today's 31, July 2026 edition): expected and 90 % band.

{numbers}

## From first estimates

Whoever forecast in a past December had NATO's estimates and not the figures as revised since. Here the shares to the
December are those first published: of 2018 and 2019 in June 2019 (so that of 2018 is the second estimate), of 2023, 2024
and 2025 in the summer of the year (Germany's of 2025 in March 2026); the years before as the same edition has them, or the
next that does; allies that were no members then come from a later edition. The base year errs as the model says that
estimates do; that number rests on the editions of 2023 to 2025 themselves. All else is as out of sample, and beside it
stands out of sample on the same Decembers.

{first_estimates}

## What each idea is worth

The model as shipped with one mechanism left out, same draws, origins 2015 to 2025, mean CRPS.

{ideas}

{ideas_words}

## What each part of the forecast is worth

Out of sample, one part changed at a time; figures 1 to 5 years ahead (`python tools/track_record_parts.py`). The count: how
often the number of allies at 2 % lay in its 90 % band. The slope of what came on the odds that were stated: 1 is right, above
it they were too timid.

{parts}

Jumps of urgency sized by hand would do better, and are no forecast: whoever sized the invasion at 1.0 knew the budgets of
2023 to 2026. Drawn, it lies between 0 and 2 until figures after it are seen, and that is what the lead over the
baselines loses. Surprises of prices gain no score as much as a hundredth, and would take a draw more
for each ally and year: they were left out.

## What was known then

| what | in the forecast from a past December |
|---|---|
| shares | of the July 2026 edition, so as revised later, but in the mode first-estimates; how large revisions are stands under [first estimates](#first-estimates) |
| norm before 2018 | mean of the years since 2014, where NATO's table begins |
| growth | before 2020 the ally's mean of the ten years before; from December 2020 on the IMF's forecast of that October |
| spread of growth | measured to the December of the forecast, on growth as the IMF had it in April 2026 |
| debt and deficit | of the years before; from December 2020 on as the IMF printed them that October (of 2017 and 2018, which the outlook of October 2020 does not show here, as in April 2026), before as in April 2026 |
| elections | dates before 2021 by hazard; later ones from the calendar, early ones unforeseen; hazards measured 1990 to 2023 |
| targets | 2 % by 2024 until December 2024, then 3.5 % by 2035 |
| national pledges and announced paths | from the month they were made |
| jumps of urgency | those that had happened: out of sample in the sizes drawn from their prior and the figures to that December, else in the sizes shipped |
| rates and sizes of events to come | as shipped: judgement, made later |
| all numbers that are not estimated | as shipped; some rest on later figures: how much is closed on paper, what debt takes, the weight of announced paths, the common spread of growth, the exposures of Norway and Finland |
| members | all 31 follow the target from the start, also the four that joined after 2014 |

## Parameters

Estimated from the figures to 2026 by mean CRPS over one to five years, events given, with common random numbers.
`range` goes from no effect to about twice what the model ships with, so that the middle of three of them is the shipped
value; an estimate starts from its middle and moves as far as the figures push. The 90 % interval resamples whole years, draws the middle anew from the range, and moves the
estimate by one step, so what the figures are silent about keeps 0.9 of its range; it is a device for forecasting with
unsure numbers, and with one or two years seen it rests on the range alone. `by moments`: a second opinion, matching five moments of the
alliance's changes instead of the score. `rise`: by how much the objective (1 is the score at the middle) grows when the
parameter is held at the low and the high end of its range and the others give way.

{estimates}

{estimates_words}

By cutoff, as the out-of-sample mode uses them: median and standard deviation of the 64 values it forecasts with. In
2014 no change has been seen, and the values lie all over the ranges.

{cutoffs}

## First estimates

NATO's estimate of a year, printed in that year, against the edition of July 2026: relative error (later figure over
estimate, less 1) by edition. "Same basis" leaves out the allies whose definition changed.

{vintages}

## What others said

Our figure is the median and 90 % band of the model **as shipped** from the December before, events random: it has seen
the outcomes, and the others had not, so this is no contest. Outsiders use measures of their own, some of them narrower
than NATO's. `came` is the edition of July 2026; for counts, what NATO itself first published stands in brackets: the
crowd was asked about that figure, and right.

{outside}

## National plans

Targets that governments set themselves, with a date that has come, without the trivial ones. Each is given to the
model as a pledge in the December before it was made. It is a convenience sample from trackers and the press.

{plans}

{plans_words}

## What 31 allies and eleven years can and cannot show

{independence}

The allies' errors move together: a shock that lifts one lifts most. 31 of them in a year tell about as much as
the few in the table above, and eleven years hold two shocks. So:

- that the shares it forecasts are closer than those of simple rules holds from nearly every origin, but only one year
  ahead does a test tell it from chance; origins overlap, and are not so many witnesses;
- that it says better who stands at 2 % is not: there a straight line to the target is as good or better, since nearly
  everybody did arrive, late;
- how much better it is, is not: the intervals of the scores are wide, and Diebold and Mariano's test rests on nine to
  eleven means;
- what happens four and five years ahead is mostly the story of 2022 and 2025, seen from seven or eight origins;
- nothing here tests the target of 3.5 %: no ally has had to reach it yet. Closing on paper after 2025, the level toward
  which increases slow down, and the security-related 1.5 % are not scored by any figure.

## What was tried on the way

- **Estimates that took the figures for more than they are.** First the pull to the middle was a tenth of a score in a
  year, and forecasts used the best point alone. On the figures seen it was better than as shipped from every cutoff;
  out of sample it gave .120 .183 .223 .258 .295 with 90 % bands that held .75 to .81 of the outcomes. Calm years taught
  it that nobody answers to a threat. Counting a year as four observations, and forecasting with the uncertainty of
  the parameters, came after that look at the scores.
- **A will that learns from an ally's own past**, a wider noise, other weights of the peers: no gain worth a
  parameter. Three changes of the equations were worth theirs and stand in
  [the decisions](model/decisions.md#changes-that-scores-asked-for).
"""

IDEAS_WORDS = """The threat by nearness to Russia is what lifts the model above its baselines: without it, its scores are those of a good
simple rule. The pledge matters most four and five years ahead, closing on paper at every distance. The others are worth
nothing in these scores, some a little less: the room that debt and deficit take beyond two years, the different wills,
and the fading of urgency, which two shocks followed that nobody knew of. All of this is of the shipped numbers, which
have seen the outcomes, and the rest was not fitted anew: it shows what the model leans on, not what it would be without."""

PLANS_WORDS = """The pledge reproduces how often plans came true one budget ahead, and says somewhat less than came true for those
further ahead. Plan by plan, treating it as a pledge does not help: the Brier scores with and without it are about
the same. With 16 plans of the second kind every difference is within chance."""

"""The words of docs/sipri-hindcast.md; `{...}` is filled by tools/sipri_hindcast.py.

They were written before any score was known: whatever depends on a score is a sentence chosen by it.
"""

PAGE = """# Hindcast on SIPRI's measure

Written by `make sipri-hindcast` from the code and the data of this version: {made}. Data: Information from the Stockholm
International Peace Research Institute (SIPRI), https://www.sipri.org/databases/milex.

The scores of the [track record](track-record.md) were looked at many times while the equations were made, so they are a
validation. This page is a test: the years before NATO's table begins, forecast by the same equations and scored against
SIPRI's shares of 1995 to 2018. Design, priors and the words of this page were settled before any of its scores was known;
then it was run, once. Nothing was changed because of it.

## Stated before

From every December of 1999 to 2013 the model says what each member of that day will spend one to five years later, beside
the ten simple baselines of the track record.

| what | in the forecast from a past December |
|---|---|
| the forecaster | the drawn one: each path takes a row of the packaged `parameter_draws`, half of the paths keep the pledge in earnest (where there is none to keep, their will alone is the higher), exposure is by one of three maps |
| parameters | estimated on NATO's shares of 2014 to 2026, so from later years: a test backwards in time, on other years and another measure |
| outcomes | SIPRI's, not NATO's; the two differ by a definition ([the data](data.md#known-breaks)) |
| who | members of the day with armed forces: 18 from December 1999, 25 from 2004, 27 from 2009; all others are no part of that alliance |
| shares | of 1995 to the origin, as SIPRI has them in April 2026; the norm is the mean of five years |
| target | none before 2006, so that nothing binds and nothing is closed on paper; from December 2006 the 2 % of Riga, with the commitment of an agreed pledge |
| its date | Riga set none: at every origin it is ten years off, as that of Wales was when it was agreed, for the model and for the baselines |
| national pledges, paths, budgets | none |
| growth | the mean of the ten years to the origin as the IMF has them in April 2026; that table begins in 1995 (Czechia 1996), so of fewer years from 1999 to 2004; its spread on the same years or those since 2000 |
| debt and deficit | of the years before, as the IMF has them in April 2026; where that table has none (Türkiye in 1999 and 2000, the United States to 2001) the values at which they take no room: 60 and 3 % of GDP |
| elections | by hazard; the hazards were measured 1990 to 2023 |
| urgency at the start | nothing before August 2008; then the war in Georgia has happened, its size drawn by the prior of crises (exponential, mean 0.7, without the cut of the prior of past jumps), faded by the path's decay |
| before August 2008 | that war comes only as one of the model's random crises, as does everything else after an origin, Crimea in March 2014 and the war in Afghanistan among it |
| geography, rates and sizes of events, all numbers not estimated | as shipped: judgement of people who knew the years after |

Two things make it less than a test of everything. The years 2014 to 2018, forecast from 2009 on, are years that the parameters
were estimated on, on NATO's measure; the scores to 2013 alone stand beside the others. And the structure was chosen by people
who knew how these years went, if not in figures.

## In short

{short}

## Scores by distance

Mean CRPS, percentage points of GDP; smaller is better. Members of the day, origins 1999 to 2013.

![Mean CRPS by years ahead, the model beside ten simple baselines](pictures/sipri-hindcast-scores.svg)

{scores}

`*` the best baseline of that distance. Against it, with the test of Diebold and Mariano as in the track record:

{contest}

The same about the years to 2013 only, which no parameter was estimated on, and apart by whether there was a target:

{parts}

## By December

Mean CRPS of the model and of the best baseline of each distance:

{origins}

## Bands

How many outcomes lay in the model's central bands:

{coverage}

In the 90 % band, from every single December:

{coverage_by_origin}

## Standing at 2 %

From December 2006 on, when there is a target. Brier score of the probability that a member stands at 2 % or more:

{events}

The number of members at 2 %, expected, with its 90 % band, and seen:

{numbers}

## What was done about it

Nothing was changed because of it.
"""

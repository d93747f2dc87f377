/* Equations 1 to 10 of docs/model/equations.md, fused, in float32: one path after the other, its allies side by side.

   A loop over allies does the same arithmetic in every round and has no branch, so that the compiler makes vector
   instructions of it: what may happen to an ally is drawn whether or not it does. A draw is a word of 16 bits that
   picks a cell of a quantile table. See c_kernel.py for what is approximate in it. */

#include <math.h>
#include <stdint.h>

#include "facts.h" /* LANES, CELLS, Parameters, Allies, Tables: written by c_kernel.py from facts.py */

/* One xorshift128 generator (Marsaglia, 2003) a lane; the last lane is the alliance's. */
typedef struct {
    uint32_t x[LANES + 1], y[LANES + 1], z[LANES + 1], w[LANES + 1];
} Rng;

static inline uint32_t next(Rng *rng, int lane) {
    uint32_t mixed = rng->x[lane] ^ (rng->x[lane] << 11), last = rng->w[lane];
    rng->x[lane] = rng->y[lane];
    rng->y[lane] = rng->z[lane];
    rng->z[lane] = last;
    return rng->w[lane] = last ^ (last >> 19) ^ mixed ^ (mixed >> 8);
}

static uint64_t split_mix(uint64_t *state) { /* seeds the lanes */
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline int low(uint32_t bits) { return (int)(bits & 0xffff); }
static inline int high(uint32_t bits) { return (int)(bits >> 16); }
static inline int chance(int word, float probability) { return (float)word + 0.5f < probability * 65536; }
static inline int month_of(int word) { return (word * 12) >> 16; }

static inline float larger(float a, float b) { return a > b ? a : b; }
static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline int printed(float share) { return (int)(share * 100 + 0.5f); }
static inline float link(float x) { return (1 + x / sqrtf(x * x + 4)) * 0.5f; }
static inline float saturate(float a) { return 1 - 1 / (1 + a * (1 + a * (0.5f + a * (1 / 6.0f)))); }

static inline float within_reach(float step, float share, const Parameters *p) {
    return smaller(larger(step, -p->max_fall * share), smaller(p->max_rise_pct, p->max_rise * share));
}

/* Equation 3 over one year: fading month by month, and what happens, each event in its month. */
static float year_end_urgency(float urgency, const Parameters *p, const Tables *tables, Rng *rng) {
    uint32_t first = next(rng, LANES), second = next(rng, LANES), third = next(rng, LANES);
    uint32_t sizes = next(rng, LANES);
    int retrenchment = chance(low(first), p->retrenchment_probability) ? month_of(high(first)) : -1;
    int crisis = chance(low(second), p->crisis_probability) ? month_of(high(second)) : -1;
    int detente = chance(low(third), p->detente_probability) ? month_of(high(third)) : -1;
    for (int month = 0; month < 12; month++) {
        urgency *= p->monthly;
        if (month == retrenchment) urgency += p->retrenchment_mean * tables->exponential[low(sizes)];
        if (month == crisis) urgency += p->crisis_mean * tables->exponential[high(sizes)];
        if (month == detente) urgency *= p->detente_factor;
    }
    return urgency;
}

/* `shares` (allies, years, CELLS) and `total_met` (allies, years) are counted up. */
void simulate(const Parameters *parameters, const Allies *all, const Tables *quantiles, int32_t allies, int32_t years,
              int32_t first_year, int64_t paths, uint64_t seed, int64_t *shares, int64_t *total_met) {
    const Parameters copy = *parameters, *p = &copy; /* a copy that no store can touch stays in registers */
    const Allies a = *all;
    const Tables tables = *quantiles;
    const float *normal = tables.normal;
    Rng rng;
    for (int lane = 0; lane <= LANES; lane++) {
        uint64_t one = split_mix(&seed), two = split_mix(&seed);
        rng.x[lane] = (uint32_t)one, rng.y[lane] = (uint32_t)(one >> 32);
        rng.z[lane] = (uint32_t)two, rng.w[lane] = (uint32_t)(two >> 32) | 1;
    }
    float share[LANES], norm[LANES], gdp[LANES], mean_will[LANES], will[LANES], related[LANES];
    float plan[LANES], willing[LANES], target[LANES], by[LANES];
    int32_t last_vote[LANES], holds[LANES], cell[LANES], met[LANES];

    for (int64_t path = 0; path < paths; path++) {
        for (int i = 0; i < LANES; i++) {
            uint32_t bits = next(&rng, i), more = next(&rng, i);
            float error = p->base_error_mean + p->base_error_sd * tables.base_error[low(bits)];
            share[i] = a.base_share_pct[i] * (1 + a.estimated[i] * error);
            norm[i] = a.norm_pct[i];
            gdp[i] = a.gdp_usd_bn[i];
            mean_will[i] = will[i] = p->will_mean + p->will_sd * normal[high(bits)];
            related[i] = larger(p->related_mean + p->related_sd * normal[low(more)], 0);
            last_vote[i] = -1000;
            holds[i] = 1;
        }
        float urgency = p->urgency_start * tables.level[low(next(&rng, LANES))];
        for (int t = 0; t < years; t++) {
            const float year = (float)(first_year + t);
            const int now = 12 * (t + 1);
            float saturated = saturate(urgency);

            /* December before: budgets (equations 5 and 6) and the peers' sums */
            const float *weight = a.path_weight + t * LANES, *announced = a.path_pct + t * LANES;
            const float speed = smaller(p->speed + p->speed_urgency * urgency, p->speed_max);
            for (int i = 0; i < LANES; i++) {
                float s = share[i], c = a.commitment[i];
                float left = larger(p->target_by - year + 1, 1), own_left = larger(a.pledge_by[i] - year + 1, 1);
                float mine = a.pledge_pct[i], agreed = c * p->target_pct;
                int more = (mine > agreed) | ((mine == agreed) & (a.pledge_by[i] < p->target_by));
                int own = holds[i] & (mine > 0) & ((a.opt_out[i] > 0) | more);
                float goal = own ? a.pledge_pct[i] : p->target_pct;
                left = own ? own_left : left;
                target[i] = goal;
                by[i] = own ? a.pledge_by[i] : p->target_by;
                float w = (own ? 1 : c) * link(will[i] + urgency);
                willing[i] = w;
                float feared = link(will[i] + p->threat_urgency * urgency) * saturated;
                float premium = p->threat_weight * a.exposure[i] * 2 * feared;
                float n = norm[i] + p->norm_learning * larger(s - premium - norm[i], 0);
                norm[i] = n;
                float desired = n + p->pledge_weight * w * larger(goal - n, 0) + premium;
                float gap = smaller(desired, a.desired_cap_pct[i]) - s, short_of = goal - s;
                float pull = (gap > 0 ? speed * a.room[i] : p->speed_down) * gap;
                float even = p->deadline_weight * a.room[i] * short_of / left;
                float pledged = short_of > 0 ? even : short_of;
                float step = pull + w * larger(pledged - pull, 0);
                step = smaller(step, p->headroom_weight * larger(a.headroom_pct[i] - s, 0));
                step = within_reach(step, s, p);
                float drawn = holds[i] ? weight[i] : 0;
                plan[i] = (1 - drawn) * step + drawn * within_reach(announced[i] - s, s, p);
            }
            float all_gdp = 0, all_outlays = 0;
            for (int i = 0; i < LANES; i++) {
                all_gdp += a.europe_canada[i] * gdp[i];
                all_outlays += a.europe_canada[i] * gdp[i] * share[i];
            }

            urgency = year_end_urgency(urgency, p, &tables, &rng);
            saturated = saturate(urgency);
            const uint32_t slump = next(&rng, LANES);
            const float recession = chance(low(slump), p->recession_probability);
            const float common = p->factor_sd * normal[high(slump)] +
                                 p->recession_depth_pct * (p->recession_probability - recession);

            const float *forecast = a.forecast_pct + t * LANES, *early_chance = a.early_probability + t * LANES;
            const int32_t *election = a.election_month + t * LANES;
            for (int i = 0; i < LANES; i++) {
                uint32_t b0 = next(&rng, i), b1 = next(&rng, i), b2 = next(&rng, i), b3 = next(&rng, i);
                uint32_t b4 = next(&rng, i), b5 = next(&rng, i), b6 = next(&rng, i), b7 = next(&rng, i);
                uint32_t b8 = next(&rng, i), b9 = next(&rng, i);

                /* January: will (equation 4) and growth (equation 2) */
                float s = share[i], own_gdp = a.europe_canada[i] * gdp[i];
                float peers = (all_outlays - own_gdp * s) / (all_gdp - own_gdp);
                float u = will[i] + p->reversion * (mean_will[i] - will[i]) + p->will_noise_sd * normal[low(b0)] +
                          p->peer * (peers - s);
                float own_noise = p->ally_noise_sd * tables.ally_noise[high(b0)];
                float surprise = larger(common + a.growth_sd_pct[i] * own_noise, -50);
                gdp[i] *= smaller(larger(1 + (forecast[i] + surprise) * 0.01f, 0.5f), 2);

                /* governments: a fall in January, an early election, the election of the calendar */
                int fell = chance(low(b1), p->change_between_elections);
                int early = chance(high(b1), early_chance[i]);
                int early_month = early ? now + month_of(low(b2)) : -1000;
                int changed_early = early & chance(high(b2), p->change_at_election);
                int month = now + election[i] - 1;
                int voted = early_month > month ? last_vote[i] : (early ? early_month : last_vote[i]);
                int votes = (election[i] > 0) & (month - voted > 12);
                int changed = votes & chance(low(b3), p->change_at_election);
                int last = votes ? month : last_vote[i];
                last_vote[i] = early_month > last ? early_month : last;
                float jumps = (float)fell * normal[high(b3)] + (float)changed_early * normal[low(b4)] +
                              (float)changed * normal[high(b4)];
                int lapsed = (fell & chance(low(b5), p->lapse_probability)) |
                             (changed_early & chance(high(b5), p->lapse_probability)) |
                             (changed & chance(low(b6), p->lapse_probability));
                holds[i] &= !lapsed;
                u += p->change_jump_sd * jumps;
                will[i] = u;

                /* December: outturn, report and late push (equations 7 and 8) */
                float spent = tables.execution[high(b6)] * plan[i], executed = plan[i] > 0 ? spent : plan[i];
                float outlays = s + executed + p->outlay_noise_sd * tables.outlay_noise[low(b7)] * s;
                float later = smaller(larger(outlays / (1 + surprise * 0.01f), p->floor_pct), 100);
                float reported = larger(later * (1 + p->reporting_sd * normal[high(b7)]), 0);
                float reach = smaller(p->late_push_reach_pct, p->late_push_reach * s);
                int open = (a.late_push[i] > 0) & (by[i] <= year) & (printed(reported) < printed(target[i])) &
                           (target[i] - s <= reach);
                int pushed = open & chance(low(b8), p->late_push_weight * willing[i] * saturated);
                float landing = target[i] * (1 + fabsf(p->late_push_excess_sd * normal[high(b8)]));
                reported = pushed ? landing : reported;
                share[i] = pushed ? larger(later, target[i]) : later;

                /* the related pillar and the total (equations 9 and 10) */
                float aim = p->related_scale_pct * link(u + urgency);
                float q = related[i] + p->related_speed * (aim - related[i]) + p->related_noise_sd * normal[low(b9)];
                q = larger(q, 0);
                related[i] = q;
                int hundredths = printed(reported);
                int total = printed(reported + smaller(q, p->counted_cap_pct));
                cell[i] = hundredths < CELLS - 1 ? hundredths : CELLS - 1;
                met[i] = (hundredths >= p->goal) & (total >= p->total_goal);
            }
            for (int i = 0; i < allies; i++) {
                shares[(i * years + t) * CELLS + cell[i]] += 1;
                total_met[i * years + t] += met[i];
            }
        }
    }
}

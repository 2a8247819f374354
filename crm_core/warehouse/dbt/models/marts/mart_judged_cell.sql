-- Who was nearer to what came, people or the model as shown then, per group that is large enough to be shown.
-- How far off is Brier's mean squared distance. The interval of the difference sums up each customer or lead first,
-- because several words about one of them share its outcome: mean +- 1.96 * sqrt(m / (m - 1) * sum over m of
-- (sum of differences - n * mean)^2) / n. That of the share is Wilson's (1927) with as many votes as there are
-- customers and leads, which is cautious. Below 10 of them no interval is claimed. Rounded, so that a single case
-- cannot be found by comparing two groups that differ by it.
with cases as (
    select
        c.*, g.kind,
        case when g.kind = 'group' then c.value else g.kind end as shown_value
    from {{ ref('int_judged_case') }} as c
    inner join {{ ref('int_judged_group') }} as g on c.dimension = g.dimension and c.value = g.value
),

counted as (
    select
        dimension, kind, shown_value,
        cast(count(*) as bigint) as n_cases,
        cast(count(distinct who) as bigint) as n_people,
        cast(count(distinct about) as bigint) as n_about,
        cast(count(distinct value) as bigint) as n_groups,
        avg(brier_machine) as off_machine,
        avg(brier_person) as off_person,
        avg(gain) as gain,
        avg(nearer) as nearer
    from cases
    group by dimension, kind, shown_value
),

per_entity as (
    select dimension, shown_value, about, sum(gain) as gain, count(*) as n
    from cases
    group by dimension, shown_value, about
),

spread as (
    select
        e.dimension, e.shown_value,
        1.96 * sqrt(sum((e.gain - e.n * c.gain) * (e.gain - e.n * c.gain)) * count(*) / (count(*) - 1.0))
        / max(c.n_cases) as half
    from per_entity as e
    inner join counted as c on e.dimension = c.dimension and e.shown_value = c.shown_value
    where c.n_about >= 10
    group by e.dimension, e.shown_value
)

select
    c.dimension, c.kind, c.n_groups,
    case when c.kind = 'group' then c.shown_value end as value,
    {% for n in ['n_cases', 'n_people', 'n_about'] %}
    case when c.kind <> 'hidden' then c.{{ n }} end as {{ n }},
    {% endfor %}
    {% for figure, expression in {
        'off_machine': 'c.off_machine', 'off_person': 'c.off_person', 'nearer': 'c.nearer', 'gain': 'c.gain',
        'gain_low': 'c.gain - s.half', 'gain_high': 'c.gain + s.half',
        'nearer_low': wilson('c.nearer', 'c.n_about', '-'), 'nearer_high': wilson('c.nearer', 'c.n_about', '+'),
    }.items() %}
    case when c.kind <> 'hidden'{{ ' and c.n_about >= 10' if figure.endswith(('_low', '_high')) }}
        then round({{ expression }}, 2) + 0.0 end as {{ figure }},
    {% endfor %}
    case
        when c.kind = 'hidden' or s.half is null then null
        when c.gain - s.half > 0 then 'people'
        when c.gain + s.half < 0 then 'model'
        else 'neither'
    end as who_was_nearer
from counted as c
left join spread as s on c.dimension = s.dimension and c.shown_value = s.shown_value
order by c.dimension, c.kind, c.shown_value

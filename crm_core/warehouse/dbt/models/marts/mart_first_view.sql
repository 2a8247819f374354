-- Said late means that part of the outcome could be seen already.
-- What people know by themselves and what the model knows, where neither had seen the other: Brier's mean squared
-- distance from what came. Shown only of at least 5 people and 20 cases, nobody with more
-- than half of them, and rounded, so that nobody's own record can
-- be found in it. The interval of the difference sums up each customer or lead first.
with cases as (
    select question, entity_id, who, brier_machine, brier_person, brier_machine - brier_person as gain
    from {{ ref('label_first_view') }}
    where is_due and days_late <= {{ var('late_days') }}
        and brier_machine is not null and brier_person is not null
),

by_person as (
    select question, who, count(*) as n from cases group by question, who
),

enough as (
    select question
    from by_person
    group by question
    having count(*) >= {{ least_people() }} and sum(n) >= {{ least_cases() }} and 2 * max(n) <= sum(n)
),

counted as (
    select
        question,
        cast(count(*) as bigint) as n_cases,
        cast(count(distinct who) as bigint) as n_people,
        cast(count(distinct entity_id) as bigint) as n_about,
        avg(brier_machine) as off_machine,
        avg(brier_person) as off_person,
        avg(gain) as gain
    from cases
    where question in (select question from enough)
    group by question
),

per_entity as (
    select question, entity_id, sum(gain) as gain, count(*) as n from cases group by question, entity_id
),

spread as (
    select
        e.question,
        1.96 * sqrt(sum((e.gain - e.n * c.gain) * (e.gain - e.n * c.gain)) * count(*) / (count(*) - 1.0))
        / max(c.n_cases) as half
    from per_entity as e
    inner join counted as c on e.question = c.question
    where c.n_about >= 10
    group by e.question
)

select
    c.question, c.n_cases, c.n_people,
    round(c.off_machine, 2) as off_machine,
    round(c.off_person, 2) as off_person,
    round(c.gain, 2) as gain,
    round(c.gain - s.half, 2) as gain_low,
    round(c.gain + s.half, 2) as gain_high
from counted as c
left join spread as s on c.question = s.question

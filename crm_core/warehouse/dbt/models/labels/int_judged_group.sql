-- Which groups may be shown on their own. Too small ones are put together; where they are still too small together, the
-- smallest of the others joins them, because what one group is could else be found by subtracting all others from the
-- total. A dimension of which nothing can be shown apart is hidden.
{% set is_enough = "count(distinct c.who) >= " ~ least_people() ~ " and count(*) >= " ~ least_cases() %}
with sized as (
    select c.dimension, c.value, count(*) as n, {{ is_enough }} as is_enough
    from {{ ref('int_judged_case') }} as c
    group by c.dimension, c.value
),

placed as (
    select
        *,
        sum(case when is_enough then 1 else 0 end) over (partition by dimension) as n_enough,
        sum(case when is_enough then 0 else 1 end) over (partition by dimension) as n_small,
        row_number() over (partition by dimension, is_enough order by n, value) as place
    from sized
),

together as (
    select c.dimension, {{ is_enough }} as is_enough
    from {{ ref('int_judged_case') }} as c
    inner join sized as z on c.dimension = z.dimension and c.value = z.value and not z.is_enough
    group by c.dimension
)

select
    p.dimension,
    p.value,
    case
        when not p.is_enough and (t.is_enough or p.n_enough > 1) then 'other'
        when not p.is_enough then 'hidden'
        when p.n_small = 0 or t.is_enough then 'group'
        when p.n_enough = 1 then 'hidden'
        when p.place = 1 then 'other'
        else 'group'
    end as kind
from placed as p
left join together as t on p.dimension = t.dimension

-- Which groups may be shown on their own: enough cases of enough people, of whom nobody said more than half (else a group
-- is nearly somebody's own record). Too small ones are put together; where they are still too small together, the
-- smallest of the others joins them, because what one group is could else be found by subtracting all others from the
-- total. A dimension of which nothing can be shown apart is hidden.
{% set is_enough = "count(*) >= " ~ least_people() ~ " and sum(n) >= " ~ least_cases() ~ " and 2 * max(n) <= sum(n)" %}
with by_person as (
    select dimension, value, who, count(*) as n
    from {{ ref('int_judged_case') }}
    group by dimension, value, who
),

sized as (
    select dimension, value, sum(n) as n, {{ is_enough }} as is_enough
    from by_person
    group by dimension, value
),

placed as (
    select
        *,
        sum(case when is_enough then 1 else 0 end) over (partition by dimension) as n_enough,
        sum(case when is_enough then 0 else 1 end) over (partition by dimension) as n_small,
        row_number() over (partition by dimension, is_enough order by n, value) as place
    from sized
),

-- The small ones (0), and the small ones with the smallest of the others (1), as one group.
joined as (
    select dimension, is_with_next, {{ is_enough }} as is_enough
    from (
        select p.dimension, w.is_with_next, b.who, sum(b.n) as n
        from by_person as b
        inner join placed as p on b.dimension = p.dimension and b.value = p.value
        inner join (select 0 as is_with_next union all select 1 as is_with_next) as w
            on not p.is_enough or (w.is_with_next = 1 and p.place = 1)
        group by p.dimension, w.is_with_next, b.who
    ) as of_each
    group by dimension, is_with_next
)

select
    p.dimension,
    p.value,
    case
        when p.n_small = 0 then 'group'
        when coalesce(alone.is_enough, false) then case when p.is_enough then 'group' else 'other' end
        when p.n_enough < 2 or not wider.is_enough then 'hidden'
        when not p.is_enough or p.place = 1 then 'other'
        else 'group'
    end as kind
from placed as p
left join joined as alone on p.dimension = alone.dimension and alone.is_with_next = 0
left join joined as wider on p.dimension = wider.dimension and wider.is_with_next = 1

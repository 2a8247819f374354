-- The month each day belongs to: events are joined by their day, once, however many months there are.
with digits as (
    {% for d in range(10) %}select {{ d }} as d{{ " union all " if not loop.last }}{% endfor %}
),

days as (
    select cast({{ dbt.dateadd('day', '-(a.d + 10 * b.d + 100 * c.d)', "cast('" ~ var('as_of') ~ "' as date)") }} as date)
        as day
    from digits as a cross join digits as b cross join digits as c
)

select d.day, p.k
from days as d
inner join {{ ref('int_measure_period') }} as p on d.day between p.month_from and p.ends_on
where p.k <= 24

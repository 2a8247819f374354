-- Months counted back from as_of, by the calendar; k = 0 ends at as_of. Three years, because the oldest of the two
-- years on screen is compared with the year before.
with months as (
    {% for k in range(37) %}
    select
        {{ k }} as k,
        cast({{ dbt.dateadd('month', -k, "cast('" ~ var('as_of') ~ "' as date)") }} as date) as ends_on,
        cast({{ dbt.dateadd('month', -k - 1, "cast('" ~ var('as_of') ~ "' as date)") }} as date) as ended_before,
        cast({{ dbt.dateadd('month', -k - 12, "cast('" ~ var('as_of') ~ "' as date)") }} as date) as year_before
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    m.k,
    m.ends_on,
    cast({{ dbt.dateadd('day', 1, 'm.ended_before') }} as date) as month_from,
    cast({{ dbt.dateadd('day', -89, 'm.ends_on') }} as date) as quarter_from,
    cast({{ dbt.dateadd('day', -179, 'm.ends_on') }} as date) as half_year_from,
    cast({{ dbt.dateadd('day', -90, 'm.ends_on') }} as date) as old_enough_until,
    cast({{ dbt.dateadd('day', 90, 'm.ends_on') }} as date) as closes_until,
    m.year_before
from months as m

{% set history_start = "cast('" ~ var('history_start') ~ "' as date)" %}
-- A customer may have several source rows; the newest valid one describes it.
with valid as (
    select
        v.*,
        s.k,
        s.as_of,
        row_number() over (partition by v.customer_id, s.k order by v.known_at desc, v.customer_key) as recency
    from {{ ref('int_customer_versions') }} as v
    inner join {{ ref('int_spine') }} as s
        on {{ known_by('v', 's') }}
)

select
    customer_id,
    k,
    as_of,
    segment,
    industry,
    country,
    region,
    product_line,
    owner_id,
    {{ days_between('created_on', 'as_of') }} as tenure_days,
    {{ days_between(history_start, 'as_of') }} + 1 as history_days,
    greatest(1, least(
        coalesce({{ days_between('created_on', 'as_of') }}, 360), {{ days_between(history_start, 'as_of') }}
    ) + 1) as days_seen
from valid
where recency = 1

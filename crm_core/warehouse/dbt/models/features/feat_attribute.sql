-- Custom attributes as known at each date, long; the scoring step turns them into columns.
{{ config(materialized='view') }}
with valid as (
    select
        a.entity,
        coalesce(l.customer_id, a.entity_key) as entity_id,
        s.as_of,
        a.name,
        a.type,
        a.value,
        a.purpose,
        row_number() over (
            partition by a.entity, coalesce(l.customer_id, a.entity_key), s.k, a.name
            order by a.known_at desc, a.attribute_key
        ) as recency
    from {{ ref('stg_attributes') }} as a
    inner join {{ ref('int_spine') }} as s on {{ known_by('a', 's') }}
    left join {{ source('identity', 'customer_links') }} as l
        on a.entity = 'customer' and a.entity_key = l.customer_key
)

select entity, entity_id, as_of, name, type, value, purpose
from valid
where recency = 1

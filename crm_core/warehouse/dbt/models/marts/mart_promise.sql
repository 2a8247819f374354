-- What we promised, cut out of the notes of the last 90 days; newest first within each customer or lead.
-- Words and limits: macros/promises.sql and _promises.yml. Only the few notes that may hold a promise are taken apart.
with notes as (
    select
        i.interaction_key,
        case when i.customer_key is not null then 'customer' else 'lead' end as entity,
        coalesce(l.customer_id, i.customer_key, i.lead_key) as entity_id,
        i.owner_id,
        i.kind,
        i.happened_at,
        coalesce(i.visibility, 'team') as visibility,
        {{ clauses_parted('i.note') }} as parted
    from {{ ref('stg_interactions') }} as i
    inner join {{ ref('int_spine') }} as d on d.k = 0 and {{ known_by('i', 'd') }}
    left join {{ source('identity', 'customer_links') }} as l on i.customer_key = l.customer_key
    where i.note is not null and coalesce(i.customer_key, i.lead_key) is not null
        and cast(i.happened_at as date) <= cast('{{ var("as_of") }}' as date)
        and i.happened_at >= {{ dbt.dateadd('day', -90, "cast('" ~ var('as_of') ~ "' as date)") }}
        and {{ has_words("' ' || replace(lower(i.note), chr(10), ' ')", promise_marks()) }}
),

numbers as (
    {% for n in range(1, 13) -%}
    select {{ n }} as n{{ " union all " if not loop.last }}
    {%- endfor %}
),

clauses as (
    select s.*, n.n, trim({{ dbt.split_part('s.parted', "';'", 'n.n') }}) as words
    from notes as s
    cross join numbers as n
)

select
    c.interaction_key || '#' || cast(c.n as varchar) as promise_id,
    c.entity,
    c.entity_id,
    c.owner_id,
    e.name as owner_name,
    e.team,
    c.happened_at as promised_at,
    c.kind,
    c.words,
    c.visibility
from clauses as c
left join {{ ref('mart_employee') }} as e on c.owner_id = e.employee_id
where {{ speaks_of_promise("' ' || lower(c.words)") }}
order by c.entity_id, c.happened_at desc, c.interaction_key, c.n

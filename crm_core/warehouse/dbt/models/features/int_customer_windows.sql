-- Regular cells: window functions over a dense grid of buckets. Other cells are few: each is added to every
-- as_of that could know it. Both branches sum the same measures (macros/windows.sql). No window reaches the grid's
-- last bucket: it stands for everything before, so that a silence may be longer than the grid.
{% set measures = window_measures() %}
{% set lasts = last_measures() %}
{% set n_buckets = (var('n_history') | int) + 12 %}
with buckets as (
    {% for b in range(n_buckets) %}select {{ b }} as bucket{% if not loop.last %} union all {% endif %}{% endfor %}
),

grid as (
    select c.customer_id, b.bucket
    from (select distinct customer_id from {{ ref('int_customer_as_of') }}) as c cross join buckets as b
),

regular_cells as (
    select * from {{ ref('int_customer_cells') }}
    where bucket = known_bucket and superseded_bucket is null
),

earlier as (
    select
        customer_id,
        {{ n_buckets - 1 }} as bucket,
        {% for name in lasts %}
        max({{ name }}) as {{ name }}{{ "," if not loop.last }}
        {% endfor %}
    from regular_cells
    where bucket >= {{ n_buckets - 1 }}
    group by customer_id
),

regular as (
    select
        g.customer_id,
        g.bucket as k,
        {% for name, n in measures %}
        sum(c.{{ name }}) over (
            partition by g.customer_id order by g.bucket desc rows between {{ n - 1 }} preceding and current row
        ) as {{ name }}_{{ n }},
        {% endfor %}
        {% for name in lasts %}
        max(coalesce(e.{{ name }}, c.{{ name }})) over (
            partition by g.customer_id order by g.bucket desc rows between unbounded preceding and current row
        ) as {{ name }}{{ "," if not loop.last }}
        {% endfor %}
    from grid as g
    left join regular_cells as c on g.customer_id = c.customer_id and g.bucket = c.bucket
    left join earlier as e on g.customer_id = e.customer_id and g.bucket = e.bucket
),

other as (
    select
        c.customer_id,
        s.k,
        {% for name, n in measures %}
        sum(case when c.bucket < s.k + {{ n }} then c.{{ name }} else 0 end) as {{ name }}_{{ n }},
        {% endfor %}
        {% for name in lasts %}
        max(c.{{ name }}) as {{ name }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_customer_cells') }} as c
    inner join {{ ref('int_spine') }} as s
        on s.k <= c.known_bucket and (c.superseded_bucket is null or s.k > c.superseded_bucket)
    where c.bucket <> c.known_bucket or c.superseded_bucket is not null
    group by c.customer_id, s.k
)

select
    a.customer_id, a.k, a.as_of,
    {% for name, n in measures %}
    {% set both = 'coalesce(r.' ~ name ~ '_' ~ n ~ ', 0) + coalesce(o.' ~ name ~ '_' ~ n ~ ', 0)' %}
    {{ both if 'n_' in name or '_n' in name else settled(both) }} as {{ name }}_{{ n * 30 }}d,
    {% endfor %}
    {% for name in lasts %}
    coalesce(greatest(r.{{ name }}, o.{{ name }}), r.{{ name }}, o.{{ name }}) as {{ name }}{{ "," if not loop.last }}
    {% endfor %}
from {{ ref('int_customer_as_of') }} as a
left join regular as r on a.customer_id = r.customer_id and a.k = r.k
left join other as o on a.customer_id = o.customer_id and a.k = o.k

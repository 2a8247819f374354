-- Every measure in one long table: values are put together as sum(numerator) / sum(denominator), or as sum(numerator)
-- where there is no denominator, over any rows a person may see.
with cells as (
    {% for family in ['customers', 'leads', 'service', 'deals', 'people', 'contacts'] %}
    select * from {{ ref('int_measure_' ~ family) }}{{ " union all" if not loop.last }}
    {% endfor %}
)

select
    c.measure,
    c.k,
    p.ends_on,
    {{ measure_dimensions('c') }},
    c.numerator,
    c.denominator
from cells as c
inner join {{ ref('mart_measure_period') }} as p on c.measure = p.measure and c.k = p.k
order by c.measure, c.k, c.owner_id, c.team

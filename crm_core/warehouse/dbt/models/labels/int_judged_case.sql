-- Judged disagreements, once for each dimension they are looked at by. What is not known is a value like any other:
-- left out, it could be found from the total. Leads have no segment and no product line of their own.
with judged as (
    select
        d.*,
        d.question || ' ' || d.entity_id as about,
        d.brier_machine - d.brier_person as gain,
        case
            when d.brier_person < d.brier_machine then 1.0
            when d.brier_person > d.brier_machine then 0.0
            else 0.5
        end as nearer
    from {{ ref('label_disagreement') }} as d
    inner join {{ ref('int_disagreement_state') }} as s on d.entry_id = s.entry_id and s.state = 'judged'
)

{% for dimension in judged_dimensions() %}
select
    entry_id, '{{ dimension }}' as dimension,
    {% if dimension == 'all' %}
    'all' as value,
    {% elif dimension in ('segment', 'product_line') %}
    case when question = 'lead' then 'lead' else coalesce({{ dimension }}, 'not known') end as value,
    {% else %}
    coalesce({{ dimension }}, 'not known') as value,
    {% endif %}
    who, about, brier_machine, brier_person, gain, nearer
from judged
{% if not loop.last %}union all{% endif %}
{% endfor %}

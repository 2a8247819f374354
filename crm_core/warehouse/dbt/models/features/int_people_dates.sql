-- Until when people's words count at each date. A build that serves also counts what was said after the last day of its
-- data, until it began: the score is looked at now. A look at an earlier day counts what was known by then.
{% set until = var('answers_until') %}
select
    k, as_of,
    {% if until %}
    case when k = 0 then greatest(cutoff_at, cast('{{ until }}' as timestamp)) else cutoff_at end as cutoff_at,
    case when k = 0 then greatest(as_of, cast('{{ until[:10] }}' as date)) else as_of end as counted_on
    {% else %}
    cutoff_at, as_of as counted_on
    {% endif %}
from {{ ref('int_spine') }}

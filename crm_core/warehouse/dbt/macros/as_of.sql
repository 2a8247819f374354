{# Rows of a lake table with the key other rows refer to, and the moment a later version replaced them.
   Only rows that have a later version are joined: most tables have none. #}
{% macro versions(relation, key) %}
with lake_rows as (
    select *, source || ':' || source_id as {{ key }}
    from {{ relation }}
),

updates as (
    select source, source_id, known_at
    from lake_rows
    where is_update
),

replaced as (
    select r.source, r.source_id, r.known_at, min(u.known_at) as superseded_at
    from lake_rows as r
    inner join updates as u
        on r.source = u.source and r.source_id = u.source_id and u.known_at > r.known_at
    group by r.source, r.source_id, r.known_at
)

select r.*, x.superseded_at
from lake_rows as r
left join replaced as x
    on r.source = x.source and r.source_id = x.source_id and r.known_at = x.known_at
{% endmacro %}

{# True when a versioned row was the valid one at a spine row's as_of. #}
{% macro known_by(row, spine) -%}
    ({{ row }}.known_at < {{ spine }}.cutoff_at
        and ({{ row }}.superseded_at is null or {{ row }}.superseded_at >= {{ spine }}.cutoff_at))
{%- endmacro %}

{# A date or time of a row counts only from the day it came to pass. #}
{% macro came_to_pass(column, spine) -%}
    case when cast({{ column }} as date) <= {{ spine }}.as_of then {{ column }} end
{%- endmacro %}

{# Whole days from one date or time to another. #}
{% macro days_between(first, second) -%}
    {{ dbt.datediff("cast(" ~ first ~ " as date)", "cast(" ~ second ~ " as date)", "day") }}
{%- endmacro %}

{# Number of the 30-day bucket, 0 = the newest, that holds a moment; negative after the newest as_of. #}
{% macro bucket_of(column) -%}
    cast(floor({{ days_between(column, "cast('" ~ var('as_of') ~ "' as date)") }} / 30.0) as integer)
{%- endmacro %}

{# Sums of fractions depend on the order of adding in their last digits; the same lake must give the same features. #}
{% macro settled(expression) -%}
    round({{ expression }}, 6)
{%- endmacro %}

{# What is divided by nothing is unknown. #}
{% macro ratio(above, below) -%}
    cast({{ above }} as double) / nullif(cast({{ below }} as double), 0)
{%- endmacro %}

{# A short window's daily rate against a longer one's, each over the days of it that could be observed. #}
{% macro own_trend(short, short_days, long, long_days) -%}
    {{ ratio(
        short ~ ' * cast(least(a.days_seen, ' ~ long_days ~ ') as double)',
        long ~ ' * cast(least(a.days_seen, ' ~ short_days ~ ') as double)'
    ) }}
{%- endmacro %}

-- One row per as_of date, 30 days apart, newest first; k counts back from the newest.
{% for k in range(var('n_history') | int) %}
select
    {{ k }} as k,
    cast({{ dbt.dateadd('day', -30 * k, "cast('" ~ var('as_of') ~ "' as date)") }} as date) as as_of,
    cast({{ dbt.dateadd('day', 1 - 30 * k, "cast('" ~ var('as_of') ~ "' as date)") }} as timestamp) as cutoff_at
{% if not loop.last %}union all{% endif %}
{% endfor %}

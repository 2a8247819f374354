-- The periods each measure is known for: where the data do not reach back far enough, nothing is said of it.
{% set known = "known_at < " ~ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") %}
with firsts as (
    select 'contracts' as data, min(started_on) as first_day from {{ ref('stg_subscriptions') }} where {{ known }}
    union all
    select 'leads', min(cast(created_at as date)) from {{ ref('stg_leads') }} where {{ known }}
    union all
    select 'deals', min(cast(created_at as date)) from {{ ref('mart_deal') }}
    union all
    select 'tickets', min(cast(opened_at as date)) from {{ ref('stg_tickets') }} where {{ known }}
    union all
    select 'surveys', min(cast(happened_at as date)) from {{ ref('stg_surveys') }} where kind = 'nps' and {{ known }}
    union all
    select 'answers', least(
        (select min(cast(happened_at as date)) from {{ ref('stg_surveys') }} where kind = 'csat' and {{ known }}),
        (select min(cast(closed_at as date)) from {{ ref('stg_tickets') }} where csat is not null and {{ known }})
    )
    union all
    -- Straight from the lake: which version of a row holds now does not move the first day.
    select 'contacts', cast(min(happened_at) as date) from {{ source('lake', 'interactions') }}
    where kind in ('call', 'email', 'meeting', 'visit') and {{ known }}
    union all
    -- Before anybody had disagreed nobody could: that is not a rate of nought.
    select 'disagreements', least(min(cast(recorded_at as date)), cast('{{ var("as_of") }}' as date))
    from {{ ref('stg_disagreements') }}
),

needs as (
    {% for measure, data, need in measure_needs() %}
    select '{{ measure }}' as measure, '{{ data }}' as data, '{{ need }}' as need{{ " union all" if not loop.last }}
    {% endfor %}
)

select n.measure, p.k, p.ends_on
from needs as n
inner join firsts as f on n.data = f.data and f.first_day is not null
inner join {{ ref('int_measure_period') }} as p
    on p.k <= 24
        and greatest(f.first_day, {{ history_start() }}) <= case n.need
            when 'day' then p.ends_on
            when 'month' then p.month_from
            when 'quarter' then p.quarter_from
            when 'half_year' then p.half_year_from
            else p.year_before
        end
order by n.measure, p.k

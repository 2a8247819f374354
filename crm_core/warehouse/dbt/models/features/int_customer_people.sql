-- Surveys answered and people known, as of each date.
with people as (
    select
        l.customer_id,
        s.k,
        p.contact_key,
        p.role,
        {{ days_between(came_to_pass('p.left_on', 's'), 's.as_of') }} as days_since_left,
        row_number() over (partition by p.contact_key, s.k order by p.known_at desc) as recency
    from {{ ref('stg_contacts') }} as p
    inner join {{ source('identity', 'customer_links') }} as l on p.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('p', 's') }}
),

counted as (
    select
        customer_id,
        k,
        sum(case when days_since_left is null then 1 else 0 end) as n_people,
        sum(case when days_since_left < 180 then 1 else 0 end) as n_people_left_180d,
        sum(case when role = 'champion' and days_since_left is null then 1 else 0 end) as n_champions,
        min(case when role = 'champion' then days_since_left end) as days_since_champion_left
    from people
    where recency = 1
    group by customer_id, k
),

answers as (
    select
        l.customer_id,
        s.k,
        a.score,
        {{ days_between('a.happened_at', 's.as_of') }} as age_days,
        row_number() over (partition by l.customer_id, s.k order by a.happened_at desc, a.survey_key) as recency
    from {{ ref('stg_surveys') }} as a
    inner join {{ source('identity', 'customer_links') }} as l on a.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('a', 's') }} and cast(a.happened_at as date) <= s.as_of
    where a.kind = 'nps'
),

mood as (
    select
        customer_id,
        k,
        max(case when recency = 1 then score end) as nps_latest,
        max(case when recency = 1 then score end) - max(case when recency = 2 then score end) as nps_change,
        max(case when recency = 1 then age_days end) as days_since_survey
    from answers
    group by customer_id, k
)

select
    coalesce(c.customer_id, m.customer_id) as customer_id,
    coalesce(c.k, m.k) as k,
    c.n_people,
    c.n_people_left_180d,
    c.n_champions,
    c.days_since_champion_left,
    m.nps_latest,
    m.nps_change,
    m.days_since_survey
from counted as c
full outer join mood as m on c.customer_id = m.customer_id and c.k = m.k

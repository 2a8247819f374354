-- Does an owner write down what he does, feed by feed? Negative binomial likelihoods of what he logged in 90 days if he
-- logs like his peers, against a tenth of it; the peers are those who log at all, the expectation follows how busy his
-- other feeds show him, and half of what his quarter before told is carried over. `sight` is the chance that he logs.
{% set spread = 4.0 %}
{% set logs_anyway = 0.1 %}
with care as (
    select owner_id, k, sum(n) as n_in_care
    from (
        select owner_id, k, count(*) as n from {{ ref('int_customer_as_of') }} group by owner_id, k
        union all
        select owner_id, k, n_open_leads as n from {{ ref('int_owner_load') }}
    ) as held
    where owner_id is not null
    group by owner_id, k
),

logged as (
    select d.owner_id, d.feed, s.k, sum(d.n_rows) as n_logged
    from {{ ref('int_feed_days') }} as d
    inner join {{ ref('int_spine') }} as s
        on d.known_on <= s.as_of and (d.superseded_on is null or d.superseded_on > s.as_of)
            and d.happened_on <= s.as_of and {{ days_between('d.happened_on', 's.as_of') }} < 90
    where d.feed in ('calls', 'emails', 'meetings')
    group by d.owner_id, d.feed, s.k
),

cells as (
    select
        c.owner_id, c.k, f.feed, c.n_in_care,
        coalesce(l.n_logged, 0) as n_logged,
        coalesce(l.n_logged, 0) / cast(c.n_in_care as double) as rate
    from care as c
    cross join (select distinct feed from logged) as f
    left join logged as l on c.owner_id = l.owner_id and c.k = l.k and f.feed = l.feed
),

-- A year of everybody, so that one employee alone is compared with his own past.
best as (
    select s.k, c.feed, percentile_cont(0.95) within group (order by c.rate) as rate
    from {{ ref('int_spine') }} as s inner join cells as c on c.k between s.k and s.k + 11
    group by s.k, c.feed
),

peers as (
    select b.k, b.feed, sum(c.n_logged) / cast(sum(c.n_in_care) as double) as rate
    from best as b
    inner join cells as c on b.feed = c.feed and c.k between b.k and b.k + 11 and c.rate >= 0.25 * b.rate
    group by b.k, b.feed
),

busy as (
    select
        c.owner_id, c.k, c.feed, max((o.n_logged + 3) / (o.n_in_care * q.rate + 3)) as index_elsewhere
    from cells as c
    inner join cells as o on c.owner_id = o.owner_id and c.k = o.k and c.feed <> o.feed
    inner join peers as q on o.k = q.k and o.feed = q.feed
    group by c.owner_id, c.k, c.feed
),

expected as (
    select c.*, c.n_in_care * p.rate * greatest(0.5, least(2, coalesce(b.index_elsewhere, 1))) as n_expected
    from cells as c
    inner join peers as p on c.k = p.k and c.feed = p.feed
    left join busy as b on c.owner_id = b.owner_id and c.k = b.k and c.feed = b.feed
),

weighed as (
    select
        *,
        n_logged * ln(({{ logs_anyway }} * n_expected + {{ spread }}) / ({{ logs_anyway }} * (n_expected + {{ spread }})))
        + {{ spread }} * ln(({{ logs_anyway }} * n_expected + {{ spread }}) / (n_expected + {{ spread }})) as says
    from expected
)

select
    w.owner_id, w.feed, w.k, w.n_in_care, w.n_logged, w.n_expected,
    1 / (1 + exp(-greatest(-30, least(30, 1.7 + w.says + 0.5 * greatest(-4, least(4, coalesce(e.says, 0))))))) as sight
from weighed as w
left join weighed as e on w.owner_id = e.owner_id and w.feed = e.feed and e.k = w.k + 3

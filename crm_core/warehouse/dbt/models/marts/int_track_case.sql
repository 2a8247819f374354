-- One score per entity and day: the first one published, as people saw it then. Where nothing was published on a day,
-- the newest one computed later stands in, marked as such. A score that was withheld promised nothing: it is kept
-- apart, and its outcome does not count.
with ranked as (
    select
        question, entity_id, as_of, model_version, probability, raw, is_backcast, scored_at,
        coalesce(is_withheld, false) as is_withheld,
        row_number() over (
            partition by question, entity_id, as_of
            order by is_backcast, case when is_backcast then null else scored_at end, scored_at desc
        ) as place
    from {{ source('scoring', 'scores') }}
    where probability is not null
),

first_said as (
    select
        r.question, r.entity_id, r.as_of, r.model_version, r.probability, r.raw, r.is_backcast, r.scored_at,
        r.is_withheld,
        max(case when r.is_backcast then 0 else 1 end) over (partition by r.question, r.as_of) as has_published
    from ranked as r
    where r.place = 1
)

select
    f.question, f.entity_id, f.as_of, f.model_version, f.probability, f.raw, f.is_backcast, f.scored_at,
    f.is_withheld, o.is_positive
from first_said as f
left join {{ ref('int_track_outcome') }} as o
    on f.question = o.question and f.entity_id = o.entity_id and f.as_of = o.as_of and not f.is_withheld
where not (f.is_backcast and f.has_published = 1)

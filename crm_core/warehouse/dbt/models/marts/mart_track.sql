-- Every month as it was known then: what was published, and what came of it. The AUC is Mann and Whitney's, ties count
-- half (ranks by the margin, within the scores whose outcome is known).
with ranked as (
    select
        *,
        case
            when is_positive is not null then
                rank() over (partition by question, as_of, model_version, is_backcast, is_positive is null order by raw)
                + (count(*) over (
                    partition by question, as_of, model_version, is_backcast, is_positive is null, raw
                ) - 1) / 2.0
        end as place
    from {{ ref('int_track_case') }}
),

counted as (
    select
        question, as_of, model_version, is_backcast,
        min(scored_at) as scored_at,
        sum(case when is_withheld then 0 else 1 end) as n_scored,
        sum(case when is_withheld then 1 else 0 end) as n_withheld,
        count(is_positive) as n,
        coalesce(sum(is_positive), 0) as positives,
        avg(case when is_positive is not null then probability end) as said,
        avg(cast(is_positive as double)) as came,
        sum(case when is_positive = 1 then place end) as places
    from ranked
    group by question, as_of, model_version, is_backcast
)

select
    question,
    as_of,
    model_version,
    is_backcast,
    scored_at,
    cast({{ dbt.dateadd('day', var('horizon_days'), 'as_of') }} as date) as due_on,
    cast(n_scored as bigint) as n_scored,
    cast(n_withheld as bigint) as n_withheld,
    cast(n as bigint) as n,
    cast(positives as bigint) as positives,
    said,
    came,
    (places - positives * (positives + 1) / 2.0) / nullif(positives * (n - positives), 0) as auc
from counted
order by question, as_of, model_version

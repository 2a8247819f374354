-- Why, for the newest scores: exact SHAP values of the margin, and their share in probability points.
select
    r.question,
    r.entity_id,
    r.feature,
    r.label,
    r.sentence,
    r.contribution,
    r.points,
    r.rank
from {{ source('scoring', 'reasons') }} as r
where r.build_id = '{{ var("build_id", "") }}'
order by r.question, r.entity_id, r.rank

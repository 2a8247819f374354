-- Whether people and model together are better than either, on history the weights have not learned from.
select
    question,
    version,
    is_proven,
    n,
    n_people,
    over_model_mean,
    over_model_low,
    over_model_high,
    over_best_mean,
    over_best_low,
    over_best_high,
    later,
    n_wanted,
    why
from {{ source('scoring', 'trust_proof') }}

-- Each word once: what a mistyped word is compared with.
select word, cast(min(case when is_person then 1 else 0 end) as boolean) as is_person_only
from {{ ref('mart_search_word') }}
group by word
order by word

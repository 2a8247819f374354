-- Where each word of a name stands, sorted by word, so that the beginning of a word finds its rows without a scan.
with numbers as (
    {% for n in range(1, 13) -%}
    select {{ n }} as place{{ " union all " if not loop.last }}
    {%- endfor %}
),

parted as (
    select
        s.n, s.owner_id, s.team, p.place, false as is_person,
        {{ dbt.split_part('s.folded', "' '", 'p.place') }} as word
    from {{ ref('mart_search') }} as s
    cross join numbers as p
    where s.folded <> ''

    union all

    select
        s.n, s.owner_id, s.team, p.place, true,
        {{ dbt.split_part('s.folded_person', "' '", 'p.place') }}
    from {{ ref('mart_search') }} as s
    cross join numbers as p
    where s.folded_person <> '' and p.place <= 6
)

select word, n, place, is_person, owner_id, team
from parted
where word <> ''
order by word, n

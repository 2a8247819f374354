{# Each measure, the data it is worked out from, and how far back from a period's end they must reach:
   the day itself, the month that ends then, the last 90 or 180 days, or the 12 months before. #}
{% macro measure_needs() -%}
    {{ return([
        ('retention', 'contracts', 'year'), ('nrr', 'contracts', 'year'), ('grr', 'contracts', 'year'),
        ('clv', 'contracts', 'year'), ('churn_rate', 'contracts', 'month'),
        ('customers', 'contracts', 'day'), ('arr', 'contracts', 'day'),
        ('lead_conversion', 'leads', 'half_year'), ('leads_created', 'leads', 'month'),
        ('hours_to_first_touch', 'leads', 'month'),
        ('nps', 'surveys', 'quarter'), ('csat', 'answers', 'quarter'),
        ('tickets_opened', 'tickets', 'month'), ('first_response_hours', 'tickets', 'month'),
        ('pipeline_amount', 'deals', 'day'),
        ('pipeline_coverage', 'deals', 'day' if var('quarter_targets') else 'year'),
        ('win_rate', 'deals', 'quarter'), ('deals_won', 'deals', 'month'), ('won_amount', 'deals', 'month'),
        ('override_rate', 'disagreements', 'day'), ('contacts_logged', 'contacts', 'month'),
    ]) }}
{%- endmacro %}

{# What every row of a measure can be split by and is limited by. Measures of customers know no channel. #}
{% macro measure_dimensions(alias) -%}
    {{ alias }}.owner_id, {{ alias }}.team, {{ alias }}.region, {{ alias }}.segment, {{ alias }}.product_line,
    {{ alias }}.source_channel
{%- endmacro %}

{# The long form of a relation with one column per number; a measure of a count or a sum has no denominator. #}
{% macro measure_rows(relation, measures) -%}
    {% for measure, above, below in measures %}
select
    '{{ measure }}' as measure,
    c.k,
    {{ measure_dimensions('c') }},
    {{ settled('cast(' ~ above ~ ' as double)') }} as numerator,
    {{ settled('cast(' ~ below ~ ' as double)') if below else 'cast(null as double)' }} as denominator
from {{ relation }} as c
where {{ above }} is not null{{ ' or ' ~ below ~ ' is not null' if below }}
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# The first day of the history as a literal. #}
{% macro history_start() -%}
    cast('{{ var("history_start") }}' as date)
{%- endmacro %}

{# Texts as SQL literals, separated by commas. #}
{% macro quoted(texts) -%}
    {% for text in texts %}'{{ text | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}

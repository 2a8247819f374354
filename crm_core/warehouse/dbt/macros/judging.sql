{# The chance a person stands for: his own number, else what his belief stands for by convention, but never less sure
   than the number he was shown where that says the same; else one half. See crm_core.ledger.words.meant, whose
   convention comes through the variable `meant`. Beliefs above one half expect the event, those below do not. #}
{% macro meant(belief, probability, machine='cast(null as double)') -%}
    coalesce({{ probability }}, case {{ belief }}
        {% for word, chance in var('meant').items() %}when '{{ word }}'
            then {{ 'greatest' if chance > 0.5 else 'least' }}({{ chance }}, coalesce({{ machine }}, {{ chance }}))
        {% endfor %}
        else 0.5 end)
{%- endmacro %}

{# How far off a chance was, Brier's (1950) squared distance: 0 = right and sure, 0.25 = says nothing, 1 = wrong and sure. #}
{% macro how_far_off(chance, outcome) -%}
    {{ settled('(' ~ chance ~ ' - ' ~ outcome ~ ') * (' ~ chance ~ ' - ' ~ outcome ~ ')') }}
{%- endmacro %}

{# What judged disagreements are looked at by. #}
{% macro judged_dimensions() -%}
    {{ return(['all', 'question', 'reason_code', 'direction', 'segment', 'product_line', 'region', 'season',
               'evidence_level']) }}
{%- endmacro %}

{# The least of a group that is shown: nobody's own record must be readable from it. Not to be set per installation. #}
{% macro least_people() -%}5{%- endmacro %}
{% macro least_cases() -%}20{%- endmacro %}

{# An end of Wilson's 95 % interval of a share of `n` votes; `sign` is + or -. #}
{% macro wilson(share, n, sign) -%}
    ({{ share }} + 1.9208 / {{ n }} {{ sign }} 1.96 * sqrt(
        {{ share }} * (1 - {{ share }}) / {{ n }} + 0.9604 / ({{ n }} * {{ n }})
    )) / (1 + 3.8416 / {{ n }})
{%- endmacro %}

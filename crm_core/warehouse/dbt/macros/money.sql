{# Money in the installation's currency: given in it (or in none said), or worth something by a rate; else unknown. #}
{% macro in_own_currency(amount, currency) -%}
    case
        when coalesce(trim({{ currency }}), '') = ''
            or upper(trim({{ currency }})) = '{{ var("currency") | upper | replace("'", "''") }}'
            then cast({{ amount }} as double)
        {%- for code, rate in var('rates').items() %}
        when upper(trim({{ currency }})) = '{{ code }}' then cast({{ amount }} as double) * cast('{{ rate }}' as double)
        {%- endfor %}
    end
{%- endmacro %}

{# There is money, but nobody said what it is worth in the installation's currency. #}
{% macro is_foreign(amount, currency) -%}
    ({{ amount }} is not null and ({{ in_own_currency(amount, currency) }}) is null)
{%- endmacro %}

{# 1 where a fact makes its question's event likelier, 0 where it makes it less likely, nothing where it is unknown.
   What facts there are comes from crm_core.ledger.words.FACTS through the variable `facts`. #}
{% macro raises(question, fact) -%}
    case {{ question }} || ':' || {{ fact }}
        {% for name, is_raising in var('facts').items() %}when '{{ name }}' then {{ is_raising }} {% endfor %}
    end
{%- endmacro %}

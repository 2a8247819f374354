{# Contract: a probability lies between 0 and 1, inside its interval. #}
{% test probability(model, column_name) %}
select *
from {{ model }}
where {{ column_name }} < 0 or {{ column_name }} > 1 or low > {{ column_name }} or high < {{ column_name }}
{% endtest %}

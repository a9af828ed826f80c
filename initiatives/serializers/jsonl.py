"""JSON lines, as Django writes and reads it, with numbers in the history."""

from django.core.serializers import jsonl as stock

from . import NumbersInHistory

Deserializer = stock.Deserializer


class Serializer(NumbersInHistory, stock.Serializer):
    """Dumps of JSON lines."""

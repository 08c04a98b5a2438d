"""Things that messages name: orders, parcels, goods, money, days, ways to reach people; each with where it stands."""

from dragoman.understanding.entities.find import find
from dragoman.understanding.entities.model import PERSONAL, Context, Entity

__all__ = ["PERSONAL", "Context", "Entity", "find"]

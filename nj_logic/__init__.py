"""nj_logic: the work rules of a county government as an executable knowledge base.

``from nj_logic import KnowledgeBase`` is the door to everything; see README.
"""

from .errors import InputError, KnowledgeError, NjError
from .knowledge import KnowledgeBase

__all__ = ["InputError", "KnowledgeBase", "KnowledgeError", "NjError"]

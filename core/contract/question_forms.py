"""Names the forms of questions and answers, and tells which answers serve which questions; loads nothing."""

from __future__ import annotations

YES_NO, WHAT, WHICH, WHO, WHERE, WHEN, HOW = "yes_no", "what", "which", "who", "where", "when", "how"
HOW_LONG, HOW_MANY, HOW_MUCH, WHY = "how_long", "how_many", "how_much", "why"
EXAMPLE, LIST, OR, MOST, STATEMENT = "example", "list", "or", "most", "statement"
CLAIM_FORMS = (YES_NO, WHAT, WHICH, WHO, WHERE, WHEN, HOW, HOW_LONG, HOW_MANY, HOW_MUCH, WHY, EXAMPLE, LIST, OR, MOST)
FORMS = (*CLAIM_FORMS, STATEMENT)

# Forms whose answers may serve a question of another form: "what kinds are there?" by a list, "who offers it?" by names.
_NEAR = {
    YES_NO: (OR,),
    OR: (YES_NO, WHICH, WHAT, MOST),
    WHAT: (WHICH, LIST, HOW, WHY, EXAMPLE, OR),
    WHICH: (WHAT, LIST, WHO, MOST, EXAMPLE, WHERE, OR),
    WHO: (WHICH, WHERE),
    WHERE: (WHICH, WHO),
    WHEN: (),
    HOW: (WHAT, WHY),
    HOW_LONG: (WHEN,),
    HOW_MANY: (),
    HOW_MUCH: (),
    WHY: (WHAT, HOW),
    EXAMPLE: (WHICH, LIST, WHAT),
    LIST: (WHAT, WHICH, EXAMPLE, HOW_MANY),
    MOST: (WHICH, WHAT, OR),
}


def agreement(asked: str, answered: str) -> int:
    """Return 1 if an answer has the form of the question, 0 if it may serve (all may serve a statement), -1 if it can't."""
    if asked == answered:
        return 1
    return 0 if asked == STATEMENT or answered in _NEAR[asked] else -1

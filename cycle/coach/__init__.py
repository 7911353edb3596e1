"""The coach: remarks on how goals, questions and requests are worded. English only, by fixed rules."""

from cycle.coach.goals import review_goal
from cycle.coach.questions import review_question
from cycle.coach.remark import Remark, RemarkKind
from cycle.coach.requests import review_request

__all__ = ["Remark", "RemarkKind", "review_goal", "review_question", "review_request"]

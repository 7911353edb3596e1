"""Who may see what (practice C10): every read across people goes through here."""

from collections.abc import Sequence

from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, Commitment
from storage.discussions import Discussion
from storage.objectives import Objective
from storage.pairs import Pair
from storage.preparations import Answer, Draft, Preparation
from storage.thanks import ThankYou

OfOnePair = ChangeRequest | Commitment | Discussion | Objective
BetweenTheTwo = AgendaItem | ChangeRequest | Commitment | Discussion | Pair | ThankYou
Thing = Answer | Draft | Objective | BetweenTheTwo


def may_see(viewer_id: int, thing: Thing, pair: Pair) -> bool:
    """Whether somebody may read a thing that belongs to a pair.

    Drafts are their author's; answers and objectives too, until shared with the other of the two; the rest is between
    the two, also what they wrote when one asked and the other answered (the pair itself). Nobody else sees a word.
    """
    if isinstance(thing, OfOnePair) and thing.pair_id != pair.id:
        return False
    one_of_the_two = pair.side_of(viewer_id) is not None
    match thing:
        case Draft():
            return thing.person_id == viewer_id
        case Answer():
            return thing.author_id == viewer_id or (thing.shared and one_of_the_two)
        case Objective():
            return thing.owner_id == viewer_id or (thing.shared and one_of_the_two)
        case Pair():
            return thing.id == pair.id and one_of_the_two
        case _:
            return one_of_the_two


def may_see_level(viewer_id: int, preparation: Preparation, both: Sequence[Preparation]) -> bool:
    """Whether somebody may read an assessment: their own always, the other's once both are in (E2)."""
    if preparation.author_id == viewer_id:
        return True
    given = {one.author_id for one in both if one.level is not None and one.discussion_id == preparation.discussion_id}
    return {viewer_id, preparation.author_id} <= given

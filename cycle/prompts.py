"""What each side is asked before a discussion (practices C8 for the employee, L1 for the manager)."""

from dataclasses import dataclass

from storage.objectives import Horizon
from storage.pairs import Side

LONGEST_ANSWER = 3000  # characters: Slack's limit for a text input


@dataclass(frozen=True)
class Prompt:
    """One thing to answer: `key` is stored, `label` heads the field, `hint` helps to be concrete.

    `question` is the bank's question that it answers; by it a question for the employee finds the leader's own answer.
    `beside` names what the other side may have shared on the same matter: keys of prompts, or a horizon for objectives.
    """

    key: str
    label: str
    hint: str
    question: str = ""
    beside: tuple[str, ...] = ()


ACHIEVEMENTS = "achievements"  # the key of the prompt for which people note things down beforehand

EMPLOYEE_PROMPTS = (
    Prompt(
        ACHIEVEMENTS,
        "What went well",
        "Two or three things you are proud of since you last met.",
        beside=("strengths",),
    ),
    Prompt(
        "challenges", "What was hard", "Where did you learn the most, or still struggle?", beside=("development_needs",)
    ),
    Prompt(
        "roadblocks",
        "What is in your way",
        "Time, tools, access, people: what would have to change?",
        beside=("what_it_takes",),
    ),
    Prompt(
        "skills_wanted",
        "Skills you want",
        "What would you like to be able to do by next year?",
        beside=("potential", "next_assignment"),
    ),
)

# The five things a leader answers before the discussion (L1).
MANAGER_PROMPTS = (
    Prompt(
        "potential",
        "Where they could go at their best",
        "The biggest role you could see them doing well.",
        question="highest-role-you-can-picture",
        beside=(Horizon.LONG,),
    ),
    Prompt(
        "what_it_takes",
        "What it takes to get there",
        "Experience, skills or results still missing.",
        question="two-experiences-needed",
        beside=("roadblocks",),
    ),
    Prompt(
        "strengths",
        "Key strengths",
        "What do others rely on them for? Think of one occasion each.",
        question="three-strengths-with-examples",
        beside=("achievements",),
    ),
    Prompt(
        "development_needs",
        "Development needs now",
        "The one or two things to work on first.",
        question="need-for-the-next-three-months",
        beside=("challenges", "skills_wanted"),
    ),
    Prompt(
        "next_assignment",
        "Next assignment, and when",
        "What could they take on next, and from when?",
        question="next-assignment-and-month",
        beside=(Horizon.SHORT,),
    ),
)

# On a page of its own, beside what the employee shares of what drives them (M5).
MORE_ENERGISING_WORK = Prompt(
    "more_energising_work",
    "One way to add more energising work",
    "A project, a task to hand over, a day a month: small and soon.",
)

BY_QUESTION = {prompt.question: prompt for prompt in MANAGER_PROMPTS}

PROMPTS = {Side.EMPLOYEE: EMPLOYEE_PROMPTS, Side.MANAGER: MANAGER_PROMPTS}
BY_KEY = {prompt.key: prompt for prompts in (*PROMPTS.values(), (MORE_ENERGISING_WORK,)) for prompt in prompts}

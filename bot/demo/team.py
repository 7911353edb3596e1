"""The story of a small team: who does what, in which words, on which day. Everything shown follows from it.

Weeks count from the story's first Monday, and hours are on the clock of the person who acts. A scene in
which a message is answered comes after the moment at which the bot sends it.
"""

from typing import Final

from bot.demo.acts import Chooses, ChoosesBeside, Day, Moment, Months, Presses, Scene, Submits, Types, scene

ANA, BEN, CHIYO, DEV, ELIF, GLORIA = (
    "Ana Ruiz", "Ben Okafor", "Chiyo Tanaka", "Dev Patel", "Elif Kaya", "Gloria Mendes",
)  # fmt: skip

ENDS: Final = Moment("10 Tue 13:30")
"""When the story ends, in Madrid: half past twelve for Ben, whose discussion with Elif is just over."""

WEEKS: Final = 10

FIRST_LOOK: Final = (
    "You are Ben Okafor, ten weeks in. You manage Ana, Dev and Elif, and Chiyo is waiting for your answer. "
    "Switch to one of them to see their side."
)

ASK: Final = Types("/career start")
PREPARE: Final = Types("/career prep")
NEXT: Final = Submits({})
"""Saves a page as it is and goes on to the next one."""

PLAN, COURSE, BOARD = (
    "Send Ben a renewal plan for the Nordwind account",
    "Finish the negotiation course and pass its exam",
    "Introduce Ana to the Nordwind board",
)

# --- Ana and Ben: their second turn ----------------------------------------------------------------------------------

ANA_AND_BEN: Final = (
    scene(
        "1 Mon 10:30",
        ANA,
        ASK,
        Submits(
            {
                "other": BEN,
                "words.employee": "I enjoy my accounts and would like to plan my next two years here with you. "
                "Could we take an hour for it, and then come back to it regularly?",
            }
        ),
    ),
    scene("1 Mon 11:00", BEN, Presses("Yes, let's", message="Ana Ruiz would like")),
    scene("1 Tue 09:40", ANA, Types("/career schedule"), Submits({"starts_at": Moment("3 Thu 11:00")})),
    scene(
        "1 Tue 09:50",
        ANA,
        PREPARE,
        Submits({"level": "Strong performer"}),
        Submits(
            {
                "motivation.1": "Authority to decide (outer)",
                "motivation.2": "Growing skills (inner)",
                "share.motivations": True,
                "energising.work": "The last days before a big contract is signed.",
                "energising.more": "Lead the talks with Helvia's new owners myself.",
                "share.energising": True,
                "path_preference": "Lead: people, a team or a direction",
            }
        ),
        Submits(
            {
                "short.new0.text": "Renew our three largest accounts and keep churn under 5 %",
                "short.new0.date": Months(9),
                "long.new0.text": "Open an office in Lisbon with a team of five",
                "long.new0.date": Months(30),
                "share.objectives": True,
            }
        ),
        NEXT,
        Submits(
            {
                "achievements": "Closed the Helvia deal after eight months, and got two new colleagues up to speed.",
                "share.achievements": True,
                "roadblocks": "Urgent requests from other teams eat up most of my Thursdays.",
                "skills_wanted": "Negotiating with a whole board instead of one buyer.",
                "share.skills_wanted": True,
            }
        ),
    ),
    scene(
        "1 Thu 14:00",
        BEN,
        PREPARE,
        Submits({"level": "Outstanding performer"}),
        Submits(
            {
                "more_energising_work": "Ana opens the Nordwind talks, and I only join for the price.",
                "share.more_energising_work": True,
            }
        ),
        NEXT,
        Submits(
            {
                "strengths": "Customers ask for Ana by name. Helvia signed because she stayed calm in a crisis.",
                "share.strengths": True,
                "potential": "Leads the southern region.",
                "development_needs": "Saying no to work that isn't hers.",
            }
        ),
    ),
    scene(
        "2 Wed 09:30",
        ANA,
        Types("/career agenda"),
        Submits({"new_items": "What I would need to show to lead a team\nA course on negotiation"}),
    ),
    scene("2 Fri 10:00", BEN, Types("/career agenda"), Presses("Accept all 2")),
    scene(
        "3 Thu 15:00",
        BEN,
        Presses("How did it go?", message="How did it go with Ana?"),
        Chooses("happened", "Yes, we met"),
        Presses("Add another commitment"),
        Submits(
            {
                "notes": "Ana wants to lead a team, and the way there leads through the Nordwind renewal. I'll keep "
                "urgent requests from other teams away from her until it is signed.",
                "commitment.0.text": PLAN,
                "commitment.0.due_on": Day("6 Fri"),
                "commitment.1.text": BOARD,
                "commitment.1.due_on": Day("9 Thu"),
                "commitment.2.owner": "Ana (employee)",
                "commitment.2.text": COURSE,
                "commitment.2.due_on": Day("10 Fri"),
                "cadence": "Every three months",
                "place": "On a walk",
                "notes_by": "Ben",
                "next_starts_at": Moment("15 Thu 10:00"),
            }
        ),
    ),
    scene("4 Mon 09:30", ANA, Presses("Read and send it", message="Want to thank Ben?"), NEXT),
    scene("4 Mon 11:00", BEN, Presses("Confirm", message="Ana sent you a note")),
    scene("6 Thu 16:00", ANA, Presses("Done", message="Your commitment to Ben is due")),
)

# --- Elif and Ben: they have just met --------------------------------------------------------------------------------

ELIF_AND_BEN: Final = (
    scene(
        "7 Thu 10:00",
        ELIF,
        ASK,
        Submits(
            {
                "other": BEN,
                "words.employee": "After a year with our partners I would like to talk about what could come next.",
            }
        ),
    ),
    scene("7 Thu 13:00", BEN, Presses("Yes, let's", message="Elif Kaya would like")),
    scene(
        "7 Fri 10:00",
        ELIF,
        Types("/career schedule"),
        Submits({"starts_at": Moment("10 Tue 13:00"), "minutes": "45 minutes"}),
    ),
    scene(
        "8 Wed 15:00",
        ELIF,
        PREPARE,
        Submits({"level": "Developing"}),
        Submits({"path_preference": "Explore: not sure yet, I'd like to try things"}),
        NEXT,
        NEXT,
        Submits(
            {
                "achievements": "Our first partner conference: 120 guests, and 14 of them signed.",
                "share.achievements": True,
                "challenges": "I'm often the last to hear about price changes.",
            }
        ),
    ),
    scene(
        "8 Fri 10:00",
        ELIF,
        Types("/career agenda"),
        Submits(
            {"new_items": "Partners or accounts of my own: where do you see me?\nHearing about price changes earlier"}
        ),
    ),
    scene("9 Mon 16:00", BEN, Types("/career agenda"), Presses("Choose Elif Kaya"), Presses("Accept all 2")),
)

# --- Dev and Ben: they prepare for their first discussion ------------------------------------------------------------

DEV_AND_BEN: Final = (
    scene(
        "8 Thu 09:30",
        DEV,
        ASK,
        Submits(
            {
                "other": BEN,
                "words.employee": "I would like to grow from demos into leading our largest tenders. Can we plan how?",
            }
        ),
    ),
    scene("8 Thu 15:00", BEN, Presses("Yes, let's", message="Dev Patel would like")),
    scene("8 Fri 09:30", DEV, Types("/career schedule"), Submits({"starts_at": Moment("11 Fri 10:00")})),
    scene(
        "9 Tue 11:00",
        DEV,
        PREPARE,
        Submits({"level": "Strong performer", "feedback_style": "Direct: say it as it is"}),
        NEXT,
        Submits(
            {
                "short.new0.text": "Lead one tender over $1 million from first call to signature",
                "short.new0.date": Months(10),
                "long.new0.text": "Build a team of four that answers every tender within a week",
                "long.new0.date": Months(36),
                "share.objectives": True,
            }
        ),
        NEXT,
        Submits(
            {
                "achievements": "Cut the time to a working demo from nine days to three.",
                "share.achievements": True,
                "challenges": "Pricing: I have never put an offer together on my own.",
            }
        ),
    ),
    scene(
        "9 Tue 11:30",
        DEV,
        Types("/career agenda"),
        Submits(
            {"new_items": "Which tender could be mine?\nMore time with customers\nA second pair of hands for demos"}
        ),
    ),
    scene(
        "9 Thu 10:00",
        BEN,
        PREPARE,
        Presses("Choose Dev Patel"),
        Submits({"level": "Strong performer"}),
        NEXT,
        NEXT,
        Submits(
            {
                "strengths": "Explains the hardest parts so that a buyer can repeat them.",
                "share.strengths": True,
                "development_needs": "Owning an offer from start to finish, pricing included.",
                "share.development_needs": True,
                "next_assignment": "The harbour tender, from next quarter.",
            }
        ),
    ),
    scene(
        "9 Thu 10:15",
        BEN,
        Types("/career agenda"),
        Presses("Choose Dev Patel"),
        ChoosesBeside("Which tender could be mine?", "Accept"),
        ChoosesBeside("More time with customers", "Reword"),
        Submits({"text": "One customer visit a month"}),
    ),
)

# --- Gloria and Ana: Ana is a manager, too ---------------------------------------------------------------------------

GLORIA_AND_ANA: Final = (
    scene(
        "8 Mon 14:30",
        ANA,
        ASK,
        Chooses("side", "The manager"),
        Submits(
            {
                "other": GLORIA,
                "words.manager": "Your first six months went well, and I would like to hear where you want to go.",
            }
        ),
    ),
    scene("8 Mon 15:00", GLORIA, Presses("Yes, let's", message="Ana Ruiz would like")),
    scene("8 Tue 10:00", GLORIA, Types("/career schedule"), Submits({"starts_at": Moment("11 Wed 11:00")})),
)

# --- Chiyo: waits for a yes ------------------------------------------------------------------------------------------

CHIYO_ASKS: Final = (
    scene(
        "10 Tue 16:30",
        CHIYO,
        ASK,
        Submits(
            {
                "other": BEN,
                "words.employee": "My forecasts run by themselves now, so I have time to learn something new. "
                "Could we talk about what that might be?",
            }
        ),
    ),
)

STORY: Final[tuple[Scene, ...]] = (*ANA_AND_BEN, *ELIF_AND_BEN, *DEV_AND_BEN, *GLORIA_AND_ANA, *CHIYO_ASKS)
"""All scenes, by pair; they are played by their moments."""

import pytest

from cycle.coach import RemarkKind, review_goal


@pytest.mark.parametrize(
    "text",
    [
        "Pass the CIPD Level 5 exam by the summer school",
        "Cut scrap on press 3 from 4 % to 2.5 %",
        "Hold one-to-ones with all six reports each month",
        "three to five customer visits a quarter",
        "Save £12k on packaging this year",
        "Food cost at 28 % or lower",
        "Rewrite the onboarding guide with Priya",
        "HGV licence",
        "Learn enough Polish to brief the night crew on my own",
        "improve first-call resolution from 71 % to 80 %",
        "Plan and run the open day for 300 visitors in June",
        "Draft the SOP and have it approved by quality",
        "Become deputy head of year by September",
        "study for and pass the bar exam",
        "We will move all customers off the old tariff before the merger",
        "Lead a team of five account managers",
    ],
)
def test_M6_a_goal_with_a_result_passes(text: str):
    """A measure, an amount, a frequency, a named deliverable or a dated step is enough, however it is worded."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Be a better leader",
        "Higher engagement",
        "Be number one in the region",
        "Give 110 % every single day",
        "Increase customer satisfaction",
        "Be seen as a trusted adviser by 2027",
        "I want to feel less overwhelmed on night shifts",
        "Run a tight ship",
    ],
)
def test_M6_a_wish_is_vague(text: str):
    """Wishes, qualities and directions cannot be checked, even with a date or a number that measures nothing."""
    assert [remark.kind for remark in review_goal(text)] == [RemarkKind.VAGUE]


@pytest.mark.parametrize(
    "text",
    [
        "research competitors",
        "Learn Go",
        "Keep learning",
        "Get to grips with the new system",
        "Spend more time on design",
    ],
)
def test_M6_effort_without_an_end_is_a_vague_activity(text: str):
    """A goal that one could work on for ever gets both remarks, and a result to aim at."""
    remarks = review_goal(text)
    assert [remark.kind for remark in remarks] == [RemarkKind.VAGUE, RemarkKind.ACTIVITY]
    assert remarks[0].suggestion.startswith(f"{text}: ")
    assert review_goal(remarks[0].suggestion) == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Improve my English", "two meetings held in it without help"),
        ("Improve my time management", "no missed deadlines for three months"),
        ("Improve my communication skills", "three updates presented to the whole team"),
        ("Get better at writing", "three reports sent out without corrections"),
        ("Be a better leader", "two projects led from start to finish"),
        ("Be kinder to customers", "a rating of 4.5 out of 5"),
        ("Be a team player", "two projects finished with another team"),
        ("research competitors", "a two-page summary that the team uses"),
        ("Learn Go", "one finished piece of work, signed off by a colleague"),
        ("Be more confident", "two colleagues can each name an example"),
    ],
)
def test_M6_the_example_fits_the_topic(text: str, result: str):
    """A goal without a result gets a suggestion on its own topic, and the suggestion passes."""
    suggestion = review_goal(text)[0].suggestion
    assert suggestion == f"{text}: {result}"
    assert review_goal(suggestion) == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Look into French windows for the annexe", "one finished piece of work, signed off by a colleague"),
        ("Keep up with competition law", "one finished piece of work, signed off by a colleague"),
        ("Learn about speech recognition", "one finished piece of work, signed off by a colleague"),
        ("Get better at writing customer emails", "one finished piece of work, signed off by a colleague"),
        ("Learn about leading indicators", "one finished piece of work, signed off by a colleague"),
        ("Work with the manager in Leeds", "one finished piece of work, signed off by a colleague"),
        ("Learn more about the Spanish market", "a two-page summary that the team uses"),
        ("Network with other buyers", "one idea from it in use"),
        ("Boost morale", "two colleagues can each name an example"),
        ("Raise the bar", "two colleagues can each name an example"),
        ("Streamline the returns", "ten minutes saved each time"),
    ],
)
def test_M6_the_example_is_not_about_a_word_that_only_names_something(text: str, result: str):
    """“French windows” is not about French, and morale has no percentage: the example stays on the topic."""
    suggestion = review_goal(text)[0].suggestion
    assert suggestion == f"{text}: {result}"
    assert review_goal(suggestion) == []


@pytest.mark.parametrize(
    "text",
    [
        "Study joinery for two hours every Sunday",
        "Attend five trade meetups this year",
        "Half an hour of Dutch each morning",
        "Watch ten webinars on data protection",
        "Rehearse my talks three times a month",
    ],
)
def test_M6_effort_that_is_counted_is_still_an_activity(text: str):
    """Hours of study and meetings attended are effort, which shows no result."""
    assert RemarkKind.ACTIVITY in [remark.kind for remark in review_goal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Read the welding code and write a two-page summary",
        "Interview one former customer every week",
        "Complete 35 hours of CPD by March",
        "Practise until I can play the piece without errors",
        "Learn the audition piece for March and pass it",
        "Set up the fish counter on the quay",
        "Hold two training days for new drivers",
        "Work through the backlog until no ticket is older than 30 days",
    ],
)
def test_M6_effort_that_leads_to_a_result_passes(text: str):
    """What comes out of the effort counts, and so does a number of things that are finished or held."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Be five times more organised",
        "Be among the top five managers",
        "By 40, be somebody in this trade",
        "Be 1% better every day",
        "Stay friendly with all guests every week",
        "Step it up two notches",
        "a proper all-round baker by 2028",
    ],
)
def test_M6_a_number_that_measures_nothing_is_vague(text: str):
    """Numbers and frequencies of a quality cannot be checked."""
    assert RemarkKind.VAGUE in [remark.kind for remark in review_goal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "A year without lost-time accidents",
        "No returned parcels for six months running",
        "The old fax line switched off",
        "Car park resurfaced",
        "The garden wall rebuilt",
        "Take the Tuesday round from Derek",
        "Move to the dialysis unit as shift coordinator",
        "Be deputy on Ward 9",
        "Have the key accounts in the north in my name",
        "Builds three times faster than today",
        "Represent us at the May trade fair",
    ],
)
def test_M6_a_state_an_absence_or_a_task_taken_over_passes(text: str):
    """A result can be told as what will be so, as what won't happen for a time, or as a task that changes hands."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A year without worries",
        "No regrets in 2026",
        "Customers satisfied",
        "Communication improved",
        "Team motivated",
        "Move to the next level",
        "Take on new challenges",
        "Motivation restored",
    ],
)
def test_M6_a_mood_told_as_a_state_is_vague(text: str):
    """Moods and directions stay vague, whatever their form."""
    assert [remark.kind for remark in review_goal(text)] == [RemarkKind.VAGUE]


@pytest.mark.parametrize(
    "text",
    [
        "As I would like to grow as a lawyer and gain confidence in court, I will plead the Harris appeal in May",
        "My aim, after a lot of thought, is to get the forklift licence, which gives me better chances",
        "Write the manual for the new press, because clear instructions lead to better quality and more safety",
        "Run the summer fair to strengthen our relationship with parents",
        "By June, be on the on-call rota alone",
        "Together with dispatch, and in spite of the stress at peak, bring late departures down from 14 to 5 a week",
        "To take some pressure off the team and improve our image, we will answer every mail within two days",
        "Work with the council until the cycle path permit is granted",
    ],
)
def test_M6_reasons_around_a_result_do_not_hide_it(text: str):
    """In a long sentence the result counts, not the wishes before and after it."""
    assert review_goal(text) == []


def test_M6_E3_the_example_is_about_the_first_of_two_goals():
    """The second goal has no influence on the result suggested for the first."""
    remarks = review_goal("Get better at SQL and learn to delegate")
    assert remarks[0].suggestion == "Get better at SQL: one finished piece of work, signed off by a colleague"


def test_M6_a_dated_activity_is_still_an_activity():
    """A date alone shows no result."""
    text = "Look into event management by the end of the year"
    (remark,) = review_goal(text)
    assert remark.kind is RemarkKind.ACTIVITY
    assert text[remark.start : remark.end] == "Look"


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Retire the old billing by May and give a talk in Berlin", "give a talk in Berlin"),
        ("Pass the bar exam this year; set up a clinic in Cardiff.", "set up a clinic in Cardiff"),
        ("Phlebotomy certificate by May & 10 % less waste", "10 % less waste"),
        ("Cut waste by 10 %, hire a pastry chef and rewrite the menu", "hire a pastry chef and rewrite the menu"),
        ("Earn a rosette, plus hire a second sous-chef", "hire a second sous-chef"),
        ("New menu printed, and the terrace reopened by May", "the terrace reopened by May"),
    ],
)
def test_M6_E3_two_goals_in_one_are_separated(text: str, second: str):
    """The second goal is marked, and the first one alone is suggested."""
    (remark,) = review_goal(text)
    assert remark.kind is RemarkKind.SEVERAL
    assert text[remark.start : remark.end] == second
    assert review_goal(remark.suggestion) == []


def test_M6_E3_three_verbs_for_one_thing_are_one_goal():
    """In “plan, book and run” the verbs share an object."""
    assert review_goal("Plan, book and run the away day") == []


def test_E3_a_longer_term_goal_passes_with_its_result():
    """A goal that is years ahead is fine, since people choose the horizon in the form."""
    assert review_goal("Lead the Rotterdam audit from start to finish by 2029") == []


def test_M6_the_largest_of_several_are_counted_and_the_best_of_all_are_not():
    """“Of our three largest accounts” says which ones; “one of our three best” praises."""
    assert review_goal("Lead the renewal of our three largest accounts") == []
    assert review_goal("Be one of our three best nurses") != []


@pytest.mark.parametrize(
    "text",
    [
        "Closer ties to our 20 growers",
        "Improve communication with my two apprentices",
        "Reduce stress for my eight porters",
        "Happier guests in all 12 lodges",
        "Be on good terms with all five foremen",
        "After two years in the stock room I would like to be someone who counts",
        "As a father of three I want a job that leaves me room to breathe",
        "Be ten years ahead of the field",
        "Give 200 % in the first half of 2027",
    ],
)
def test_M6_a_number_of_people_or_years_so_far_measures_no_wish(text: str):
    """How many people a wish is for, and how long things have been as they are, show no result."""
    assert review_goal(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "Lead a team of five site managers",
        "Train all eight radiographers on the new scanner",
        "Fewer than three of our 20 vans off the road",
        "Improve the score of our two lodges to 4.6",
        "Review all 40 risk assessments by May",
    ],
)
def test_M6_a_number_of_people_can_measure_a_task(text: str):
    """A team of a certain size, people trained and things reviewed are results."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Twenty minutes of vocabulary each morning",
        "Dedicate 15 % of my week to open source",
        "Reserve Friday afternoons for studying",
        "Go to the sketching club twice a month",
        "Take a pottery course twice a week",
        "Attend two concerts a month for inspiration",
        "One webinar a month",
        "Three practice sessions a week",
        "Collect impressions from other kitchens in the summer",
        "Acquire a solid grounding in tenancy law",
    ],
)
def test_M6_time_set_aside_and_attendance_are_effort(text: str):
    """Shares of time, courses followed and ideas gathered show no result, however they are counted."""
    assert RemarkKind.ACTIVITY in [remark.kind for remark in review_goal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Read the fire code and write a crib sheet for the depot",
        "Learn Portuguese to B1",
        "Learn enough sign language to take an order at the counter",
        "Practise the sonata until I can play it from memory",
        "Study for the notary exam and sit it in May",
        "Help Lea pass her crane test",
    ],
)
def test_M6_study_up_to_a_level_or_a_thing_passes(text: str):
    """A level reached, an exam taken or a thing written is what the study leads to."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Old badge printers withdrawn for good",
        "A season on the cable car with no reportable incident",
        "Cover the front desk during Nora's leave",
        "Become chair of the allotment committee",
        "Become the fire warden for building C",
        "Move our drawings from the shared drive to the new archive",
        "Get the Cork branch on the new till system",
        "A spare key for each boat",
        "Put a defibrillator in every lodge",
        "Insulate the loft of the annexe",
        "Find, rent and furnish a second studio",
        "Plan and hold the winter fete",
        "Make a short film about the foundry",
        "My late colleague's files on my shelf",
        "Reach C1 in Danish",
        "Start a choir in the day centre",
    ],
)
def test_M6_a_place_a_handover_or_a_thing_of_its_own_passes(text: str):
    """A post, a move, a thing for each of several, and an object named by words of its own can be seen."""
    assert review_goal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A bakery people love coming to",
        "Have my ideas listened to",
        "Feel at ease with the new ledger by Easter",
        "Keep my cool on Saturdays",
        "Provide excellent care on every shift",
        "Have the courage to speak up",
        "Get the crew behind me by summer",
        "Satisfied guests by autumn",
        "Clear roles",
        "Delight our guests",
        "Bring costs down in the second half",
    ],
)
def test_M6_a_manner_of_speaking_is_vague(text: str):
    """Figures of speech, feelings and praise stay vague with a date, a frequency or a participle."""
    assert [remark.kind for remark in review_goal(text)] == [RemarkKind.VAGUE]


@pytest.mark.parametrize(
    "text",
    [
        "Coxswain licence, then a stall at the boat show",
        "First-aid certificate plus a new rota",
        "Finish the loft conversion, then start the garage",
        "Redo the shop window and pass level 2 in floristry",
        "Pass the theory exam and write a welcome leaflet",
        "New price list by May and a second driver from June",
    ],
)
def test_E3_two_things_in_a_row_are_several_goals(text: str):
    """Two things without a verb, and two tasks of which neither needs the other, are two goals."""
    assert RemarkKind.SEVERAL in [remark.kind for remark in review_goal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Learn to drive the lorry and get the licence",
        "Interview ten leavers and write a report for the board",
        "A rota agreed between front and back office by June",
        "Take the course and pass the exam",
    ],
)
def test_E3_what_follows_from_the_first_part_is_no_second_goal(text: str):
    """A licence after the lessons, and a report on the interviews, belong to one goal."""
    assert RemarkKind.SEVERAL not in [remark.kind for remark in review_goal(text)]


def test_M6_a_slip_of_the_fingers_hides_no_wish():
    """A letter that is missing, doubled or swapped changes no verdict, and the span marks what was typed."""
    text = "Deepen my knowlege of hedges"
    assert [remark.kind for remark in review_goal(text)] == [
        remark.kind for remark in review_goal("Learn about hedges")
    ]
    (remark,) = review_goal("Be more profesional with guests")
    assert remark.kind is RemarkKind.VAGUE
    remark = review_goal("Imporve my typing")[0]
    assert (remark.start, remark.end) == (0, len("Imporve"))

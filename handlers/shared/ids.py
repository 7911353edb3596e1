"""The ids of our forms, buttons and fields. `cycle.nudges.Action` names the buttons that nudges carry as well."""

from enum import StrEnum

HIGHEST_KEY = 2**63 - 1
"""Of a row in the database. A button or a modal with a higher one was not made by us."""


class FormId(StrEnum):
    """Modals, by callback id. What is typed into them is kept as a draft under this name."""

    START = "start"
    PREP_STANDING = "prep_standing"  # the pages of a preparation: cycle.preparations.Page has the same names
    PREP_DRIVES = "prep_drives"
    PREP_OBJECTIVES = "prep_objectives"
    PREP_QUESTIONS = "prep_questions"
    PREP_ANSWERS = "prep_answers"
    PREP_SHARING = "prep_sharing"
    PREPARATION = "preparation"  # the whole of it, as releases before the pages showed it
    SCHEDULE = "schedule"
    ASK_MEETING = "ask_meeting"
    ANSWER_MEETING = "answer_meeting"
    CANCEL = "cancel"
    DECLINE = "decline"
    AGENDA = "agenda"
    AMEND = "amend"
    COUNTER = "counter"
    BRIEF = "brief"
    GUIDE = "guide"
    WRAP_UP = "wrap_up"
    THANK_YOU = "thank_you"
    COMMITMENTS = "commitments"
    CHANGE = "change"
    ANSWER_CHANGE = "answer_change"
    ACHIEVEMENTS = "achievements"
    UPDATES = "updates"
    OBJECTIVE_UPDATES = "objective_updates"
    ROADMAP = "roadmap"
    OBJECTIVE = "objective"
    GAP = "gap"
    TEAM_OBJECTIVES = "team_objectives"
    OPPORTUNITIES = "opportunities"  # the board
    OPPORTUNITY = "opportunity"
    OFFER = "offer"
    DIGEST = "digest"
    PULSE = "pulse"
    PROFILE = "profile"
    HISTORY = "history"
    RECORDS = "records"  # the list
    RECORD = "record"
    EXPORT = "export"
    WORKING_TIME = "working_time"
    NOTICES = "notices"
    COMING = "coming"
    WORKSPACE_DAYS = "workspace_days"
    FORECAST = "forecast"
    REMIND_ON = "remind_on"
    NOTICE = "notice"  # something to read, nothing to fill in


class ActionId(StrEnum):
    """Buttons and fields that only our own modals and the App Home have."""

    TYPED = "typed"  # every plain field: each change is kept in the draft
    CHOOSE_PAIR = "choose_pair"
    START = "start"
    WITHDRAW_PAIR = "withdraw_pair"
    PAIR_MENU = "pair_menu"  # the form and the key that it opens with, as `form:key`
    NUDGE_MENU = "nudge_menu"  # the button whose choice it is, and what it carries, as `action:key`
    DISCARD_DRAFT = "discard_draft"
    OPEN_AFRESH = "open_afresh"
    MORE_OBJECTIVES = "more_objectives"
    CHANGE_OBJECTIVES = "change_objectives"
    OPEN_RECORDS = "open_records"
    OPEN_ROADMAP = "open_roadmap"
    OPEN_OBJECTIVE = "open_objective"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    BENCHMARK_REACHED = "benchmark_reached"
    BENCHMARK_MENU = "benchmark_menu"  # what to do and with which, as `choice:key`
    ADD_GAP = "add_gap"
    OPEN_GAP = "open_gap"
    CLOSE_GAP = "close_gap"
    DROP_GAP = "drop_gap"
    OPEN_PROFILE = "open_profile"
    OPEN_HISTORY = "open_history"
    HISTORY_PAGE = "history_page"
    QUESTION_SET = "question_set"
    GO_TO_PAGE = "go_to_page"
    GO_TO_PART = "go_to_part"
    SIDE_CHOSEN = "side_chosen"
    KEEP_MINE = "keep_mine"
    SWITCH_COACH = "switch_coach"
    TIME_CHOSEN = "time_chosen"
    SET_TIME = "set_time"
    WITHDRAW_MEETING = "withdraw_meeting"
    OPEN_CANCEL = "open_cancel"
    ITEM_MENU = "item_menu"
    ACCEPT_ALL = "accept_all"
    TAKE_COUNTER = "take_counter"  # an agenda item and the number of the suggestion, as `item:number`
    KEEP_WORDS = "keep_words"  # the same
    BRING_BACK = "bring_back"
    MORE_COMMITMENTS = "more_commitments"
    CHANGE_FORMAT = "change_format"
    MET_AGAIN = "met_again"
    HAPPENED = "happened"
    AGENDA_PAGE = "agenda_page"
    COMMITMENTS_PAGE = "commitments_page"
    TEAM_OBJECTIVES = "team_objectives"
    OPEN_OPPORTUNITIES = "open_opportunities"
    OPEN_OFFER = "open_offer"
    OFFER_KIND = "offer_kind"
    SIGN_UP = "sign_up"
    TAKE_NAME_OFF = "take_name_off"
    WITHDRAW_OPPORTUNITY = "withdraw_opportunity"
    OPEN_DIGEST = "open_digest"
    SWITCH_OFF_DIGEST = "switch_off_digest"
    UNDO_DONE = "undo_done"
    ACHIEVEMENTS = "achievements"
    EDIT_ACHIEVEMENT = "edit_achievement"
    REMOVE_ACHIEVEMENT = "remove_achievement"
    USE_ACHIEVEMENTS = "use_achievements"
    PULSE_GOOD = "pulse_good"
    PULSE_MIXED = "pulse_mixed"
    PULSE_POOR = "pulse_poor"
    RECORDS_PAGE = "records_page"
    EXPORT_WITH = "export_with"
    OPEN_NOTICES = "open_notices"
    OPEN_COMING = "open_coming"
    OPEN_WORKSPACE_DAYS = "open_workspace_days"
    OPEN_FORECAST = "open_forecast"
    FORECAST_PAGE = "forecast_page"
    AGREE = "agree"
    KEEP_AS_IT_WAS = "keep_as_it_was"


class ShortcutId(StrEnum):
    """Entries of Slack's own menus, by callback id."""

    SAVE_ACHIEVEMENT = "save_achievement"


class BenchmarkChoice(StrEnum):
    """What the menu beside a benchmark offers; values are `choice:benchmark`."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    REMOVE = "remove"


class MenuChoice(StrEnum):
    """What the menu beside an agenda item offers; values are `choice:item`."""

    ACCEPT = "accept"
    COUNTER = "counter"
    AMEND = "amend"
    UP = "up"
    DOWN = "down"
    CARRY_OVER = "carry_over"
    WITHDRAW = "withdraw"

"""Books that were tampered with: a judge that lets one of them pass proves nothing."""

import copy
import pickle

import judge


class Nothing(Exception):
    """These books hold none of what was to be bent."""


def _choice(dice, among):
    if not among:
        raise Nothing
    return dice.choice(among)


def _of(record, kind, task=None):
    return [one for one in record.effects if one["kind"] == kind and (task is None or one.get("task") == task)]


def _actions(record, job, state="done"):
    return [one for fire in record.fires if fire["job"] == job for one in fire["actions"] if one["state"] == state]


def double_a_trigger(record, dice):
    """A second run for an action, though the first is well."""
    well = {one["run"] for one in _of(record, "run-finished", "tick") if one["status"] == "COMPLETED"}
    one = _choice(dice, [run for run in _of(record, "run-created", "tick") if run["run"] in well])
    record.effects.append({**one, "run": "run_doctored", "seq": record.effects[-1]["seq"] + 1})


def double_an_item(record, dice):
    well = {one["run"] for one in _of(record, "run-finished", "import-order") if one["status"] == "COMPLETED"}
    one = _choice(dice, [run for run in _of(record, "run-created", "import-order") if run["run"] in well])
    record.effects.append({**one, "run": "run_doctored", "seq": record.effects[-1]["seq"] + 1})


def lose_a_trigger(record, dice):
    tag = _choice(dice, _of(record, "run-created", "report"))["tags"]
    record.effects[:] = [one for one in record.effects if one["kind"] != "run-created" or one.get("tags") != tag]


def lose_an_item(record, dice):
    tags = _choice(dice, _of(record, "run-created", "import-order"))["tags"]
    record.effects[:] = [one for one in record.effects if one["kind"] != "run-created" or one.get("tags") != tags]


def lose_a_booking(record, dice):
    tags = [tag for tag in _choice(dice, _of(record, "run-created", "book-order"))["tags"] if tag.startswith("order:")]
    record.effects[:] = [one for one in record.effects
                         if one.get("task") != "book-order" or tags[0] not in one.get("tags", ())]


def send_a_replay_twice(record, dice):
    one = _choice(dice, _of(record, "replay-created", "charge-single"))
    record.effects.append({**one, "run": "run_doctored", "seq": record.effects[-1]["seq"] + 1})


def deny_a_replay(record, dice):
    """The ledger calls one cancelled that was sent."""
    made = {one["original"] for one in _of(record, "replay-created", "charge-single")}
    _choice(dice, [one for one in _actions(record, "singles") if one["subject"] in made])["state"] = "cancelled"


def invent_a_replay(record, dice):
    """The ledger calls one done that was not sent."""
    original = _choice(dice, _actions(record, "singles"))["subject"]
    record.effects[:] = [one for one in record.effects if one.get("original") != original]


def lose_a_group_s_run(record, dice):
    record.effects.remove(_choice(dice, _of(record, "replay-created", "charge-group")))


def send_a_group_twice(record, dice):
    record.effects.append({**_choice(dice, _of(record, "bulk-created")), "bulk": "bulk_doctored"})


def write_a_wrong_value(record, dice):
    """The last write of a variable that the file still holds."""
    last = {(one["place"], one["name"]): one for one in _of(record, "variable-set")}
    _choice(dice, [one for (_, name), one in last.items() if name in record.versions[-1]["values"]])["sha256"] = "0" * 64


def delete_a_foreign_variable(record, dice):
    one = _choice(dice, _of(record, "variable-set"))
    record.effects.insert(record.effects.index(one), {**one, "kind": "variable-deleted", "name": "FOREIGN"})


def leave_a_fire_without_end(record, dice):
    one = _choice(dice, record.fires)
    one["state"] = "running"
    one.pop("ended", None)


def leave_an_action_without_end(record, dice):
    _choice(dice, _actions(record, "import"))["state"] = "intended"


def forget_an_acknowledged_fire(record, dice):
    fire = _choice(dice, [one for one in record.fires if one["id"] in record.asked and one["job"] == "groups"])
    record.fires.remove(fire)


def _scheduled(record, dice):
    """Neither the first nor the last, which nobody would miss."""
    return _choice(dice, [one for one in record.fires if one["job"] == "tick"][1:-1])


def lose_an_instant(record, dice):
    record.fires.remove(_scheduled(record, dice))


def fire_an_instant_twice(record, dice):
    one = copy.deepcopy(_scheduled(record, dice))
    one["id"] += "x"
    record.fires.append(one)


def work_at_the_same_time(record, dice):
    """A second fire in the middle of another, which does nothing wrong besides."""
    one = copy.deepcopy(_choice(dice, [one for one in record.fires if one["job"] == "groups" and one["state"] == "done"]))
    one["id"] += "x"
    one["actions"] = []
    record.fires.append(one)


TRICKS = (double_a_trigger, double_an_item, lose_a_trigger, lose_an_item, lose_a_booking, send_a_replay_twice, deny_a_replay,
          invent_a_replay, lose_a_group_s_run, send_a_group_twice, write_a_wrong_value, delete_a_foreign_variable,
          leave_a_fire_without_end, leave_an_action_without_end, forget_an_acknowledged_fire, lose_an_instant,
          fire_an_instant_twice, work_at_the_same_time)


def not_noticed(record, dice):
    """The tricks that the judge lets pass, each tried on its own copy of honest books, and those that found nothing to
    bend: a short life has little in its books."""
    honest = pickle.dumps(record)
    passed, untried = [], []
    for trick in TRICKS:
        tampered = pickle.loads(honest)
        try:
            trick(tampered, dice)
        except Nothing:
            untried.append(trick.__name__)
            continue
        if not judge.judge(tampered).complaints():
            passed.append(f"the judge does not see {trick.__name__}")
    return passed, untried

from __future__ import annotations
import time, json
from tests.journeys.crash import storm_office
from tests.journeys.office import *
from tests.journeys.scripted_slack import ScriptedSlack
from tests.journeys.test_hidden_outcomes import change, settled, LOOKING


def test_copy(tmp_path):
    slack = ScriptedSlack(hang_seconds=1)
    with storm_office(sqlite_in(tmp_path), tmp_path, split=False, channels=3, slack=slack) as (o, numbers):
        slack.scopes -= LOOKING
        cs = [f"C{n}" for n in numbers]
        slack.script("chat.postMessage", cs[0], ["500_after"])
        slack.script("chat.postMessage", cs[1], ["500_after"])
        slack.script("chat.postMessage", cs[2], ["500_after", "500_after"])
        change(o, numbers)
        settled(o, numbers)
        for c, which in zip(cs, (0, 1, 0)):
            print(
                c,
                "copies",
                len(slack.messages(c)),
                "click",
                which,
                o.click(OLGA_IN_SLACK, slack.messages(c)[which]),
            )
        time.sleep(6)
        for c in cs:
            print(
                c,
                [actions(m) for m in slack.messages(c)],
                [len(m.get("blocks", [])) for m in slack.messages(c)],
            )
        print(
            [(r["id"], r["state"], len(r["answers"]), r["cards"]) for r in o.product.json("reviews", "list")]
        )
        print(json.dumps(o.product.json("deliveries", "list")))
        for c in cs:
            for i, m in enumerate(slack.messages(c)):
                if "acknowledge_review" in actions(m):
                    print("still open copy", c, i, o.click(OLGA_IN_SLACK, m))
        time.sleep(3)
        print(o.replies(OLGA_IN_SLACK))
        for c in cs:
            print(c, [actions(m) for m in slack.messages(c)])
        # replay of the dead card
        print(o.product.run("deliveries", "replay", "--all").stdout)
        time.sleep(5)
        for c in cs:
            print("after replay", c, [actions(m) for m in slack.messages(c)])
        print(json.dumps(o.product.json("deliveries", "list")))

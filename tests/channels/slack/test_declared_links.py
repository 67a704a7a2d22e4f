"""The links of routes.yaml as buttons in Slack."""

from gateway.channels.slack.blocks import blocks
from gateway.channels.slack.buttons import Controls
from gateway.core.incidents.message import Link
from tests.channels.messages import LINKS, message


def test_each_link_is_a_button_behind_the_dashboard() -> None:
    """Slack demands that the ids of buttons differ, and reports a press on each."""
    links = tuple(Link("link", f"Logs {n}", f"https://logs.example.com/{n}") for n in range(8))
    for controls in (Controls.LINKS, Controls.ACTIONS):
        (actions,) = [
            block
            for block in blocks(message(links=(*LINKS, *links)), controls)
            if block["type"] == "actions"
        ]
        ids = [one["action_id"] for one in actions["elements"]]
        assert len(set(ids)) == len(ids) <= 25
        first = ids.index("gateway_link_1")
        assert ids[first - 1] == "gateway_dashboard"
        urls = [one["url"] for one in actions["elements"][first : first + 8]]
        assert urls == [link.url for link in links]


def test_links_are_text_where_no_app_takes_presses() -> None:
    """A message without buttons has the same links."""
    logs = Link("link", "Logs", "https://logs.example.com/")
    content = blocks(message(links=(*LINKS, logs)), Controls.TEXT)
    assert "<https://logs.example.com/|Logs>" in content[-1]["text"]["text"]

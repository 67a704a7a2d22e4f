"""Links and titles by labels, for any labels that an alert may have."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.text.escape import safe_url
from gateway.render.view.declared_links import incident_links
from gateway.render.view.severity_title import TITLE_CHARACTERS, severity_title
from tests.config.texts import loaded

PLAN = loaded("""
severities: {critical: {rank: 1, title: "🚨 {{ labels.team | upper | replace('A', labels.team) }}"}}
links:
  - title: "{{ labels.team | title }}"
    url: "https://example.com/{{ labels.team[:7] }}?{{ annotations.x }}"
  - {title: Since, url: "https://example.com/{{ since // 60 }}/{{ team | default('none') }}"}
receivers: [{name: all}]
route: {receiver: all}
""").plan

ANY = st.one_of(st.text(max_size=1200), st.none(), st.integers(), st.lists(st.text(max_size=3)))


@given(
    team=ANY,
    x=ANY,
    since=st.one_of(ANY, st.floats()),
    labels=st.one_of(ANY, st.dictionaries(st.text(max_size=5), ANY, max_size=3)),
)
def test_any_facts_give_safe_links_and_a_short_title(
    team: object, x: object, since: object, labels: object
) -> None:
    """Promise 7: nothing that an alert holds stops a message or leads to another site."""
    common = {**labels, "team": team} if isinstance(labels, dict) else labels
    facts = {
        "severity": "critical",
        "since": since,
        "common_labels": common,
        "common_annotations": {"x": x},
        "team": {"name": team},
    }
    for link in incident_links(facts, PLAN, "https://alerts.example.com").links:
        assert link.url.startswith("https://example.com/")
        assert safe_url(link.url) == link.url
        assert link.text.strip()
    title = severity_title(facts, PLAN).text
    assert len(title) <= TITLE_CHARACTERS
    assert "\n" not in title

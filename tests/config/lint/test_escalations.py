"""Warnings about the steps of escalations."""

from tests.config.texts import warning_texts

PEOPLE = (
    "channels: {email: {provider: console}, slack: {provider: console}}\n"
    "people: {ana: {email: ana@example.com}, ben: {slack: U012BEN}}\n"
)


def test_secondary_of_a_rota_with_one_person_is_warned_of() -> None:
    """A rota with one person has nobody to stand behind them."""
    text = (
        PEOPLE + "rotas: {r: {layers: [{members: [ana], start: 2026-01-05}]}}\n"
        "escalations: {e: [{notify: ['secondary:r'], wait: 5m}]}\n"
        "receivers: [{name: all, escalate: e}]\n"
        "route: {receiver: all}\n"
    )
    assert warning_texts(text) == [
        'routes.yaml:4:29: notify: nobody is ever secondary in rota "r": it has one person'
    ]

"""The dashboard "Billing invariants" of the billing example: what must never happen."""

from deploy.dashboards.billing_health import DEPLOYMENTS, RUNBOOKS
from deploy.dashboards.model import Board, Panel, Query, Row, Unit

_CHARGES = Row(
    "Charges",
    [
        Panel(
            title="Double charges",
            shows="Charges in the last hour that a customer had already paid.",
            normal="0, ever. NO_DOUBLE_CHARGE pages within a minute.",
            action="Acknowledge, stop the renewal cron if it is the cause, and refund.",
            runbook="double-charge",
            limit=1,
            queries=[Query("sum(increase(billing_double_charge_detected_total[1h]))", "charges")],
        ),
        Panel(
            title="Charges of cancelled subscriptions",
            shows="Attempts in the last hour to charge a subscription that is cancelled.",
            normal="0, ever. CANCELED_NEVER_CHARGED.",
            action="Find the subscriptions, stop what charges them, and refund.",
            runbook="subscription-invariants",
            limit=1,
            queries=[
                Query("sum(increase(billing_charge_attempts_on_canceled_total[1h]))", "attempts")
            ],
        ),
        Panel(
            title="Periods that do not advance",
            shows="Subscriptions that were paid and whose period did not move on.",
            normal="0, ever. PERIOD_MUST_ADVANCE.",
            action="Advance them by hand before the next renewal charges them again.",
            runbook="subscription-invariants",
            limit=1,
            queries=[Query("sum(billing_periods_not_advanced)", "subscriptions")],
        ),
    ],
)

_GUARDS = Row(
    "What guards them",
    [
        Panel(
            title="Constraints of the database",
            shows="1 for each constraint of the database that forbids a violation.",
            normal="1 everywhere.",
            action="At 0 a migration dropped it: restore it before the next renewal.",
            runbook="database",
            queries=[
                Query("min by (constraint) (billing_constraints_present)", "{{constraint}}"),
            ],
        ),
        Panel(
            title="Duplicates skipped",
            shows="Repeated operations per second that the idempotency key caught.",
            normal="Below 1. Retries of networks and of Stripe are expected.",
            action="Above 10 a caller repeats in a loop: find it by its operation.",
            runbook="new-exception",
            unit=Unit.PER_SECOND,
            limit=10,
            queries=[
                Query(
                    "sum by (operation) (rate(billing_idempotent_retries_total[5m]))",
                    "{{operation}}",
                )
            ],
        ),
        Panel(
            title="Checkouts from one address",
            shows="Checkout sessions a minute of the address that opens most of them.",
            normal="Below 10.",
            action="It may be somebody who tests stolen cards: limit the address.",
            runbook="security",
            limit=10,
            queries=[
                Query("60 * max(rate(checkout_sessions_by_address_total[1m]))", "sessions"),
            ],
        ),
    ],
)

_LEDGER = Row(
    "Ledger",
    [
        Panel(
            title="Ledger writes that fail",
            shows="Writes of the ledger per second that failed.",
            normal="0.",
            action="What was charged is not booked: keep the events, repair, and reconcile.",
            runbook="reconciliation",
            unit=Unit.PER_SECOND,
            queries=[
                Query('sum(rate(ledger_writes_total{result="failure"}[5m]))', "failures"),
            ],
        ),
        Panel(
            title="Reconciliation that does not match",
            shows="Share of the last day's reconciled items that differ from Stripe's.",
            normal="Below 0.1 %.",
            action="Above 1 %: list the items, and look for one kind among them.",
            runbook="reconciliation",
            unit=Unit.SHARE,
            limit=0.01,
            queries=[
                Query(
                    'sum(increase(reconciliation_items_total{result="mismatch"}[1d]))'
                    " / sum(increase(reconciliation_items_total[1d]))",
                    "mismatches",
                )
            ],
        ),
        Panel(
            title="Duplicate reconciliations",
            shows="Reconciliations in the last hour that ran twice for the same day.",
            normal="0.",
            action="Two schedulers run: stop one, and check what the second one booked.",
            runbook="reconciliation",
            limit=1,
            queries=[Query("sum(increase(reconciliation_duplicate_runs_total[1h]))", "runs")],
        ),
    ],
)

BOARD = Board(
    uid="billing-invariants",
    title="Billing invariants",
    owner="billing",
    purpose="Whether a customer was charged wrongly, and whether all that prevents it works.",
    reviewed="2026-12-01",
    tag="billing",
    runbooks=RUNBOOKS,
    deployments=DEPLOYMENTS,
    rows=[_CHARGES, _GUARDS, _LEDGER],
    since="now-24h",
)

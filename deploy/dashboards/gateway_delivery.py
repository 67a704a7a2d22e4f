"""Rows of the dashboard "Gateway" about messages, responses and rotas."""

from deploy.dashboards.model import Kind, Panel, Query, Row, Unit

# Every replica reads these gauges from the one database, so `max` counts nothing twice.
DELIVERY = Row(
    "Delivery",
    [
        Panel(
            title="Messages waiting",
            shows="Messages in the outbox that wait or are being sent, by channel and account.",
            normal="0 most of the time; a storm drains within minutes.",
            action="See which channel grows, then its attempts by result.",
            runbook="gateway-outbox-stuck",
            queries=[
                Query(
                    "max by (channel, account, state) "
                    '(gateway_outbox_notices{job="$job",state!="dead"})',
                    "{{channel}} {{account}} {{state}}",
                )
            ],
        ),
        Panel(
            title="Oldest message waiting",
            shows="Age of the oldest message that is not delivered, by channel and account.",
            normal="Seconds; minutes while a vendor limits the rate.",
            action="Above 5 minutes somebody is notified late: check the vendor and our network.",
            runbook="gateway-outbox-stuck",
            unit=Unit.SECONDS,
            limit=300,
            queries=[
                Query(
                    'max by (channel, account) (gateway_outbox_oldest_seconds{job="$job"})',
                    "{{channel}} {{account}}",
                )
            ],
        ),
        Panel(
            title="Dead letters",
            shows="Messages that were given up, by channel and account.",
            normal="0.",
            action="Each one did not reach its target: read why, correct it, send it again.",
            runbook="gateway-dead-letters",
            limit=1,
            queries=[
                Query(
                    'max by (channel, account) (gateway_outbox_notices{job="$job",state="dead"})',
                    "{{channel}} {{account}}",
                )
            ],
        ),
        Panel(
            title="Attempts by result",
            shows="Attempts to send per minute, by channel and the vendor's answer.",
            normal="`accepted`, and now and then another that is retried.",
            action="Look up the result in the runbook's table.",
            runbook="gateway-channel-failing",
            kind=Kind.BARS,
            queries=[
                Query(
                    "60 * sum by (channel, result) "
                    '(rate(gateway_attempts_total{job="$job"}[$__rate_interval]))',
                    "{{channel}} {{result}}",
                )
            ],
        ),
        Panel(
            title="Share of attempts accepted",
            shows="Attempts that the vendor accepted, of all in the last hour, by channel.",
            normal="Above 99 %.",
            action="Check the vendor's status page and the credentials of the channel.",
            runbook="gateway-channel-failing",
            unit=Unit.SHARE,
            queries=[
                Query(
                    "sum by (channel) "
                    '(increase(gateway_attempts_total{job="$job",result="accepted"}[1h]))'
                    ' / sum by (channel) (increase(gateway_attempts_total{job="$job"}[1h]))',
                    "{{channel}}",
                )
            ],
        ),
        Panel(
            title="Duration of attempts",
            shows="How long 95 of 100 attempts to send take at most, by channel.",
            normal="Below 1 s; 10 s is where an attempt is given up and retried.",
            action="Check the vendor's status page, the proxy and name lookups.",
            runbook="gateway-channel-failing",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    "histogram_quantile(0.95, sum by (channel, le) "
                    '(rate(gateway_attempt_seconds_bucket{job="$job"}[$__rate_interval])))',
                    "{{channel}}",
                )
            ],
        ),
        Panel(
            title="Unusable contacts and holds",
            shows="Contacts at which nothing arrives, and targets on hold by a vendor's limit.",
            normal="0 unusable. A hold ends by itself within minutes.",
            action="Correct the address, or ask the person for another contact.",
            runbook="gateway-contact-unusable",
            limit=1,
            queries=[
                Query(
                    'max by (channel, account) (gateway_unusable_contacts{job="$job"})',
                    "{{channel}} {{account}} unusable",
                ),
                Query(
                    'max by (channel, account) (gateway_holds{job="$job"})',
                    "{{channel}} {{account}} on hold",
                ),
            ],
        ),
        Panel(
            title="Broken promises",
            shows="What the last verification of stored history found, by promise.",
            normal="0: every decision to notify has its message, and none was sent twice.",
            action="Run `gateway verify`: it names the incidents.",
            runbook="gateway-promise-broken",
            limit=1,
            queries=[
                Query('max by (promise) (gateway_verify_missing{job="$job"})', "{{promise}}"),
            ],
        ),
        Panel(
            title="Messages by kind",
            shows="Messages put into the outbox per hour, by kind.",
            normal="Mostly `firing` and `resolved`.",
            action="Many `escalation` or `missed`: pages do not wake anybody. See the rota.",
            runbook="gateway-incident-unacknowledged",
            kind=Kind.BARS,
            queries=[
                Query(
                    'sum by (kind) (increase(gateway_notices_total{job="$job"}[1h]))',
                    "{{kind}}",
                )
            ],
        ),
    ],
)

RESPONSE = Row(
    "Response",
    [
        Panel(
            title="Time to acknowledge",
            shows="From the first message to the first acknowledgement, over the last day:"
            " half of the incidents, and nine of ten, take at most this long.",
            normal="Within respond_within of the severity.",
            action="Ask those on call what held them up; see pages at night in the report.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    "histogram_quantile(0.5, sum by (le) "
                    '(increase(gateway_acknowledgement_seconds_bucket{job="$job"}[1d])))',
                    "half",
                ),
                Query(
                    "histogram_quantile(0.9, sum by (le) "
                    '(increase(gateway_acknowledgement_seconds_bucket{job="$job"}[1d])))',
                    "nine of ten",
                ),
            ],
        ),
        Panel(
            title="Time to resolve",
            shows="From the start of the first alert to the end of the last, over the last day.",
            normal="Hours at most; longer ones should be silenced or turned into a ticket.",
            action="See which incidents stay open: `gateway incidents`.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    "histogram_quantile(0.5, sum by (le) "
                    '(increase(gateway_resolution_seconds_bucket{job="$job"}[1d])))',
                    "half",
                ),
                Query(
                    "histogram_quantile(0.9, sum by (le) "
                    '(increase(gateway_resolution_seconds_bucket{job="$job"}[1d])))',
                    "nine of ten",
                ),
            ],
        ),
        Panel(
            title="Oldest unacknowledged incident",
            shows="Age of the oldest notified incident that nobody acknowledged, by severity.",
            normal="Below respond_within of the severity.",
            action="Acknowledge it, or find out why its pages reach nobody.",
            runbook="gateway-incident-unacknowledged",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    'max by (severity) (gateway_incidents_unanswered_seconds{job="$job"})',
                    "{{severity}}",
                )
            ],
        ),
    ],
)

ROTA = Row(
    "Rota",
    [
        Panel(
            title="On call now",
            shows="People on call whom a contact can reach, by rota.",
            normal="1 or more in each rota without `gaps: allowed`.",
            action="Add an override for now: `gateway override add`.",
            runbook="gateway-nobody-on-call",
            kind=Kind.NUMBER,
            queries=[Query('max by (rota) (gateway_rota_on_call{job="$job"})', "{{rota}}")],
        ),
        Panel(
            title="Not covered in the next 24 hours",
            shows="Seconds of the next 24 hours in which the rota has nobody who can be reached.",
            normal="0 in each rota without `gaps: allowed`.",
            action="Find a person for that time before it begins.",
            runbook="gateway-nobody-on-call-soon",
            unit=Unit.SECONDS,
            limit=1,
            queries=[
                Query('max by (rota) (gateway_rota_uncovered_seconds{job="$job"})', "{{rota}}")
            ],
        ),
        Panel(
            title="Age of calendars",
            shows="Seconds since each calendar was last read well.",
            normal="Below half an hour. The last good copy is used meanwhile.",
            action="Open the calendar's address; see whether it was moved or is private now.",
            runbook="gateway-calendar-failing",
            unit=Unit.SECONDS,
            queries=[
                Query(
                    'max by (calendar) (gateway_calendar_age_seconds{job="$job"})', "{{calendar}}"
                )
            ],
        ),
    ],
)

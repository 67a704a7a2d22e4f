"""The routes.yaml of these tests, and the secrets it names."""

ENV = {
    "POSTMARK_TOKEN": "test-postmark-token",
    "SLACK_TOKEN": "test-slack-token",
    "SLACK_SIGNING_SECRET": "test-slack-signing-secret",
    "PAGERDUTY_BILLING_KEY": "test0pagerduty0routing0key000001",
}

SEVERAL = """
channels:
  email: {provider: postmark, token: "${POSTMARK_TOKEN}", from: alerts@example.com,
          api_url: "<postmark>"}
  slack: {token: "${SLACK_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}",
          api_url: "<slack>/api/"}
  pagerduty: {api_url: "<pagerduty>"}
severities:
  critical: {rank: 1, respond_within: 15m}
  warning: {rank: 2, respond_within: 1h}
people:
  ana: {name: Ana, email: ana@example.com}
receivers:
  - name: billing
    email: [{to: billing-oncall@example.com}]
    slack: [{channel: "#billing-alerts"}]
    pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]
    webhook: [{url: "<webhook>/hook"}]
    fallback: everyone
  - name: everyone
    email: [{to: admin@example.com}]
route:
  receiver: everyone
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - {matchers: ['alertname=~"Slow.*"'], receiver: billing, group_wait: 2s}
    - {matchers: ['team="billing"'], receiver: billing}
"""
"""Every alert of billing's goes to four vendors at once, those called Slow… after 2 s."""

WEBHOOK = """
receivers:
  - name: sink
    webhook: [{url: "<webhook>/hook"}]
route:
  receiver: sink
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
"""
"""Each alertname is an incident of its own, notified to one webhook at once."""

"""Routes of the measurements, in the syntax that both programs share."""


def silent_routes(group_by: str = "[alertname, namespace]") -> str:
    """Return routes for 500 groups under three severities that notify after the measurement."""
    return f"""
route:
  receiver: sink
  group_by: {group_by}
  group_wait: 30m
  group_interval: 30m
  repeat_interval: 4h
  routes:
    - matchers: [severity="critical"]
    - matchers: [severity="warning"]
    - matchers: [severity="info"]
"""


def notifying_routes(group_wait: str) -> str:
    """Return routes that make each alertname a group and notify after `group_wait`."""
    return f"""
route:
  receiver: sink
  group_by: [alertname]
  group_wait: {group_wait}
  group_interval: 5m
  repeat_interval: 4h
"""

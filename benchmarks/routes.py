"""The routes of the measurements, in the words that both programs share."""


def quiet(group_by: str = "[alertname, namespace]") -> str:
    """500 groups under three severities, told of nothing while it is measured."""
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


def speaking(group_wait: str) -> str:
    """Each alertname is a group, told after `group_wait`."""
    return f"""
route:
  receiver: sink
  group_by: [alertname]
  group_wait: {group_wait}
  group_interval: 5m
  repeat_interval: 4h
"""

"""Why somebody was or was not notified, as text for pages and the API."""

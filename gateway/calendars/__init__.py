"""Calendars: iCalendar (RFC 5545) written and read. Nothing else imports its libraries."""

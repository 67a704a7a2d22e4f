"""E-mail, through Postmark or through an SMTP server."""

"""What people do outside of the gateway: at vendors, and by replies to mails."""

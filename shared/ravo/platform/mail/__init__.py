"""Mail that is sent once: a job names the kind and the event, and builds the letter; all else is done here.

A kind, like `inventory.low_stock`, names a domain and two templates in its folder `mails/<locale>/`: `low_stock.html`
and `low_stock.txt`.
"""

from ravo.platform.mail.sending import Letter, MailNotSent, MailUnderWay, send_once

__all__ = ["Letter", "MailNotSent", "MailUnderWay", "send_once"]

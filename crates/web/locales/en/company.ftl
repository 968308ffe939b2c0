# Choosing the software that a company's books are in.

company-title = Connect { $bank } to your accounting software
company-lead = Your transactions come into your books by themselves. Which software do you use?
company-legend = Your accounting software
company-begun = Your connections
company-more = Connect other software
company-fault = Please choose your software
company-linked = Connected
company-pending = Not finished
company-ended = Disconnected
company-manage = Manage
company-continue = Go on
company-again = Connect again
company-close = Close
company-missing = I can’t find my software
company-missing-text = What is not listed here cannot be connected yet. Tell { $bank } which software you use. Until then, most software can read transactions from a file that { $bank } gives you.

# Where each account of the bank leads in the books of software such as Xero.

mapping-title = Connect your accounts to { $software }
mapping-lead = Choose where the transactions of each account go. From then on { $bank } sends new ones by itself.
mapping-linked = Connected to { $software }
mapping-linked-to = Connected to { $organisation }
mapping-sign-in = Use a different sign-in
mapping-sent = Transactions last sent: { $moment }
mapping-trouble-access = { $software } no longer lets { $bank } in. Sign in there again, and it goes on where it stopped.
mapping-trouble-silence = { $software } cannot be reached at the moment. { $bank } keeps trying, and no transaction is lost.
mapping-words = What was answered:
mapping-reading = Reading the accounts of your books in { $software }. This takes a few seconds.
mapping-empty-title = No accounts yet
mapping-empty-text = { $bank } has not offered any of your accounts here so far. Once it has, they appear on this page, and you can connect them.

mapping-status-working = Working
mapping-status-fresh = Not connected
mapping-status-connecting = Connecting
mapping-status-connected = Connected
mapping-status-problem = Problem
mapping-status-ended = Disconnected

mapping-ending-in = ending in{" "}
mapping-refused = { $software } did not connect this account. Nothing was sent; you can try again.
mapping-ended = New transactions are no longer sent. You can connect the account again here.
mapping-connecting = { $software } is setting this up. It usually takes less than a minute.
mapping-to = Send transactions to
mapping-please-choose = Please choose
mapping-new = Create a new account in { $software }, named “{ $name }”
mapping-suggested-number = Suggested: same last four digits
mapping-suggested-name = Suggested: same name
mapping-suggested-only = Suggested: no other account fits
mapping-suggestion = { $why } ({ $name })
mapping-fits-nothing = None of your accounts in { $software } fits this one, so a new one is needed.
mapping-misfits = { $count ->
    [one] One account can’t be used (why?)
   *[other] { $count } accounts can’t be used (why?)
}
mapping-unfit-currency = It is kept in { $currency }, this account is not.
mapping-unfit-card = It is a credit card, this account is not.
mapping-unfit-bank = It is a bank account, this account is a card.
mapping-unfit-fed = Another account’s transactions already go there.
mapping-start = Start from
mapping-start-hint = { $bank } is told to send the transactions from this day on. If { $software } already has some, choose the day after the last of them, so that none is there twice.
mapping-connect = Connect this account

mapping-leads-to = Transactions go to{" "}
mapping-leads-somewhere = An account in { $software }
mapping-since = Connected since { $date }.
mapping-from = Transactions from { $date } on are sent.
mapping-disconnect = Disconnect…
mapping-disconnect-title = Disconnect { $name }?
mapping-disconnect-stays = Transactions that are in { $software } already stay there.
mapping-disconnect-stops = New ones stop now.
mapping-disconnect-later = You can connect the account again later.
mapping-disconnect-act = Disconnect
mapping-disconnected = The account has been disconnected.

mapping-fault-title = Please check what you entered
mapping-fault-at = { $name }: { $what }
mapping-fault-choose = Choose where the transactions go.
mapping-fault-unknown = { $software } no longer has the account that you chose. Choose another one.
mapping-fault-unfit = { $name } cannot be used. { $why }
mapping-fault-refused = The account that you chose cannot be used any more. Choose another one.
mapping-fault-start = Enter the day to start from.
mapping-fault-range = Choose a day from { $first } to { $last }.
mapping-fault-late = Choose a day no later than { $last }.
mapping-fault-taken = It was connected in the meantime, and stays as it is shown below.

# The way to software that transactions are sent to, such as Xero.

authorize-title = Connect { $bank } to { $software }
authorize-lead = You sign in at { $software }, choose your organisation there, and come back here. Nothing is shared yet.
authorize-ended = { $software } no longer lets { $bank } in. Connect again, and it goes on where it stopped.
authorize-linked = { $bank } and { $software } are connected.
authorize-linked-to = Connected to { $organisation }.
authorize-who = Who shares with whom?
authorize-who-text = { $bank } sends to your organisation in { $software }.
authorize-what = What is sent?
authorize-what-text = The booked transactions of the accounts that you choose, with their balances. Never your sign-in for { $bank }.
authorize-read = What does { $bank } see in { $software }?
authorize-read-text = The name of your organisation and the list of its bank accounts, so that you can choose where the transactions go. Nothing else of your books.
authorize-how-long = For how long?
authorize-how-long-text = Until you end it, here or in { $software }. What is in your books already stays there.
authorize-go = Go to { $software }
authorize-again = Use another sign-in
authorize-waiting-title = One moment, please
authorize-waiting-text = { $bank } is talking with { $software }.
authorize-choose-title = Which organisation?
authorize-choose-text = You let { $bank } into more than one. Choose the one whose books these accounts belong to.
authorize-choose-legend = Organisation
authorize-failed-title = That did not work
authorize-failed-text = { $bank } and { $software } could not be connected. Nothing was changed; you can try again.
authorize-failed-words = What was said:
authorize-retry = Try again

# What the pages of every link say.

next = Next
cancel = Cancel
finish = Finish
look-again = Look again
keep-as-it-is = Keep everything as it is
new-tab = (opens in a new tab)
refreshes-itself = This page refreshes itself.
stop-refreshing = Stop that
ended-linked-title = You are all set
ended-linked-text = { $bank } and { $software } are connected. New transactions come by themselves from now on; the first ones appear as soon as { $bank } has booked them. You can close this page.
ended-cancelled-title = Nothing was connected
ended-cancelled-text = You have stopped here, and nothing was changed. If you change your mind, ask { $bank } for a new link.
ended-failed-title = That did not work
ended-failed-text = { $bank } and { $software } could not be connected. Please try again; if it happens again, tell { $bank }.

# The QuickBooks pages. The names of menus are those of QuickBooks as of 2025; Intuit changes them now and then.

quickbooks-review-title = Connect { $bank } to QuickBooks
quickbooks-review-lead = Please read what will be shared before you go on. Nothing is shared yet.
quickbooks-who = Who shares with whom?
quickbooks-who-text = { $bank } shares with QuickBooks Online, the Intuit software that you use for your books.
quickbooks-what = What is shared?
quickbooks-what-text = Of the accounts that you choose: their name, type, currency and balance, and their booked transactions from the day on that you choose. Never your sign-in for { $bank }.
quickbooks-why = What for?
quickbooks-why-text = So that your transactions are in your books without anybody typing them in.
quickbooks-how-long = For how long?
quickbooks-how-long-text = Until you end it. QuickBooks asks for new transactions by itself.
quickbooks-withdraw = How do you end it?
quickbooks-withdraw-text = Here, with “Revoke credentials”, or in QuickBooks, by disconnecting the account. What is in your books already stays there.

quickbooks-setup-title = Set up QuickBooks
quickbooks-setup-lead = You get a user name and a password for QuickBooks here, and enter them there. It takes about five minutes.

quickbooks-waiting = Waiting for QuickBooks to sign in.
quickbooks-signed-on = QuickBooks has signed in. Now choose your accounts there.
quickbooks-signed-on-at = QuickBooks signed in at { $time }. Now choose your accounts there.
quickbooks-withdrawn = QuickBooks has no access any more. Get new credentials to connect again; it goes on where it stopped.
quickbooks-linked = { $count ->
    [one] One account is linked
   *[other] { $count } accounts are linked
}
quickbooks-fetched = QuickBooks fetched the newest transactions at { $time }.
quickbooks-more = How to link more accounts
quickbooks-revoked = The credentials have been revoked.

quickbooks-step-get = Get your credentials
quickbooks-get-text = They work for QuickBooks only. They are shown once, so keep this page open until QuickBooks is connected.
quickbooks-get = Get credentials
quickbooks-step-keep = Keep your credentials at hand
quickbooks-username = User name
quickbooks-password = Password
quickbooks-once = They are shown this one time only. Do not close this page until QuickBooks is connected, and give them to nobody: { $bank } will never ask you for them.
quickbooks-step-has = You have your credentials
quickbooks-has-text = They cannot be shown again. If you no longer have them, make new ones below.
quickbooks-step-open = Open QuickBooks
quickbooks-sign-in = Sign in to QuickBooks
quickbooks-menu = Go to Transactions, then Bank transactions.
quickbooks-link-account = Choose Link account.
quickbooks-step-find = Find { $bank } there
quickbooks-find-text = Search for { $bank }, accept the terms, and enter the user name and the password from the first step.
quickbooks-step-choose = Choose your accounts
quickbooks-choose-text = Pick the accounts and the day to start from, then choose Connect. This page then shows which accounts are linked.
quickbooks-typed = I have entered them

quickbooks-manage = Your access
quickbooks-manage-text = Credentials lost, or no longer wanted? New ones make the old ones stop working.
quickbooks-renew = Make new credentials
quickbooks-revoke = Revoke credentials
quickbooks-revoke-title = Revoke the credentials?
quickbooks-revoke-unused = The user name and password that you were shown stop working.
quickbooks-revoke-stops = QuickBooks gets no new transactions of your linked accounts from now on.
quickbooks-revoke-stays = What is in your books already stays there.
quickbooks-revoke-later = You can connect again later with new credentials.
quickbooks-renew-title = Make new credentials?
quickbooks-renew-stops = The ones that QuickBooks uses now stop working, and your accounts are disconnected.
quickbooks-renew-again = Update the sign-in in QuickBooks with the new ones; then it goes on where it stopped.

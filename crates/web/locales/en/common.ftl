# What stands on every page.

bank-unknown = your bank
skip-to-content = Skip to the content
languages = Language
help = Questions? Please ask { $bank }.
go-on = Go on
back-to-bank = Back to { $bank }
copy = Copy
copied = Copied
other-software = All software

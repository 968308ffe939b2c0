# Pages for what cannot be: what happened, and what to do next.

no-link-title = This link is no longer valid
no-link-text = A link works once and only for a while. Ask { $bank } for a new one; nothing that you have set up is lost.
too-often-title = Too many attempts
too-often-text = This link was tried too often from here. Wait a minute, then ask { $bank } for a new link.
no-visit-title = Please open your link again
no-visit-text = For your safety these pages close after a while, and they open only in the browser in which you opened the link. Ask { $bank } for a new link to go on.
no-page-title = There is nothing here
no-page-text = The address may be incomplete. Please go on from where you began.
gone-title = This connection has been removed
gone-text = { $bank } has removed the connection that you opened. If you did not expect that, please ask there.
not-our-form-title = That could not be checked
not-our-form-text = What was sent did not come from one of these pages, or the page was open for too long. Nothing was changed. Please try again.
not-switched-on-title = Not available yet
not-switched-on-text = { $bank } has not switched on { $software } here. Nothing was changed.
busy-title = One moment, please
busy-text = A lot is going on right now. Please try again in a moment.
broken-title = Something went wrong here
broken-text = It is not your fault, and nothing was changed. Please try again; if it happens again, tell { $bank }.
not-framed-title = This page cannot be shown here
not-framed-text = The page that you came from may not show it. Nothing was changed. Please tell the people who run that page.

"""Signs on, keeps some of the accounts for later, and tells what it has seen as JSON."""

import json
import sys

from ofxclient import Institution
from ofxclient.config import OfxConfig

url, username, password, version, *kept = sys.argv[1:]
bank = Institution(
    id="9999",
    org="DEMO",
    url=url,
    username=username,
    password=password,
    description="Demo",
    client_args={"ofx_version": version},
)
try:
    signed_on = bank.authenticate()
except ValueError as error:
    json.dump({"refused": str(error)}, sys.stdout)
    sys.exit()
accounts = bank.accounts()
config = OfxConfig(file_name="ofxclient.ini")
for account in accounts:
    if account.number in kept:
        config.add_account(account)
config.save()
told = {one.number: [one.local_id(), type(one).__name__, one.description] for one in accounts}
json.dump({"signed_on": signed_on, "accounts": told}, sys.stdout)

"""Receivers in Python: both published libraries must accept what was sent, and nothing else.

    receivers.py MESSAGES

MESSAGES is a JSON list of objects with `headers`, `body` and `secret`, as an endpoint heard them.
"""

import json
import sys

import standardwebhooks
import svix
from svix.webhooks import WebhookVerificationError as SvixRefusal
from standardwebhooks.webhooks import WebhookVerificationError as StandardRefusal


def refuses(webhook, refusal, body, headers):
    try:
        webhook.verify(body, headers)
    except refusal:
        return True
    return False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        messages = json.load(file)
    assert messages, "there is nothing to check"
    for message in messages:
        body, headers, secret = message["body"], message["headers"], message["secret"]
        libraries = [
            (svix.Webhook(secret), SvixRefusal),
            (standardwebhooks.Webhook(secret), StandardRefusal),
        ]
        for webhook, refusal in libraries:
            # It raises unless the signature is right; only one of them hands the body back.
            read = webhook.verify(body, headers)
            assert read in (None, json.loads(body)), read
            assert refuses(webhook, refusal, body.replace("One", "Two"), headers)
            assert refuses(webhook, refusal, body, {**headers, "webhook-id": "msg_other"})
            assert refuses(webhook, refusal, body, {**headers, "webhook-timestamp": "1614265330"})
    print(f"checked {len(messages)} messages with 2 libraries")


main()

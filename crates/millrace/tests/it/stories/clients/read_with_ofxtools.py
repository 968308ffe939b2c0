"""Reads an OFX file with ofxtools' strict models and tells what is in it as JSON."""

import json
import sys

from ofxtools.Parser import OFXTree


def own(told, name):
    """What stands in an aggregate itself: ofxtools would look into all the inner ones as well."""
    return told.__dict__.get(name)


def account(told):
    return {"bank": own(told, "bankid"), "account": told.acctid, "type": own(told, "accttype")}


def line(told):
    return {
        "id": told.fitid,
        "amount": str(told.trnamt),
        "date": told.dtposted.date().isoformat(),
        "name": told.name,
        "memo": told.memo,
    }


def statement(told):
    lines = own(told, "banktranlist")
    return {
        **account(told.account),
        "currency": told.curdef,
        "balance": str(told.ledgerbal.balamt),
        "lines": None if lines is None else [line(one) for one in lines],
    }


def only_child(aggregate):
    (child,) = aggregate.__dict__.values()
    return child


def profile(told):
    sets = [only_child(one) for one in told.msgsetlist]
    return {
        "name": told.finame,
        "sets": [type(one).__name__ for one in sets],
        "urls": sorted({one.msgsetcore.url for one in sets}),
    }


def entry(told):
    info = told[0]
    is_bank = own(info, "bankacctfrom") is not None
    return {"name": told.desc, **account(info.bankacctfrom if is_bank else info.ccacctfrom)}


def contents(ofx):
    yield "sign_on", ofx.signonmsgsrsv1.sonrs.status.code
    statements = []
    sets = [ofx.profmsgsrsv1, ofx.signupmsgsrsv1, ofx.bankmsgsrsv1, ofx.creditcardmsgsrsv1]
    wrappers = [wrapper for one in sets if one is not None for wrapper in one]
    yield "statuses", [wrapper.status.code for wrapper in wrappers]
    for wrapper in wrappers:
        if own(wrapper, "profrs") is not None:
            yield "profile", profile(wrapper.profrs)
        if own(wrapper, "acctinfors") is not None:
            yield "accounts", [entry(one) for one in wrapper.acctinfors]
        if own(wrapper, "stmtrs") is not None or own(wrapper, "ccstmtrs") is not None:
            statements.append(statement(wrapper.statement))
    yield "statements", statements


tree = OFXTree()
tree.parse(sys.argv[1])
json.dump(dict(contents(tree.convert())), sys.stdout)

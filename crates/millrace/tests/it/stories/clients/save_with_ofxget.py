"""Runs ofxget and saves the last answer in answer.ofx as it came, byte by byte."""

import io
import pathlib

from ofxtools import Client
from ofxtools.scripts import ofxget

download = Client.OFXClient.download


def saving(self, *arguments, **options):
    answer = download(self, *arguments, **options).read()
    pathlib.Path("answer.ofx").write_bytes(answer)
    return io.BytesIO(answer)


Client.OFXClient.download = saving
try:
    ofxget.main()
except UnicodeDecodeError:
    # Its last act was to print the answer, as if everything were UTF-8.
    pass

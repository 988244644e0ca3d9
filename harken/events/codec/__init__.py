"""The codec: domain values to ``harken.v1`` messages and back.

``decode_x(encode_x(value)) == value``, but for what an event leaves out by intent (named at
each ``encode``) and the single precision of a tone's numbers. Encoding raises ``ValueError``
for what protobuf cannot carry: lone surrogates, whole numbers over their field's size.
Decoding never raises: absent instants read as the epoch, words not known here as the defaults
documented beside each `Words`. Stages forward the message they received, not its reading.
"""

from harken.events.codec.case import decode_case, decode_severity, encode_case, encode_severity
from harken.events.codec.dead_letter import DeadLetter, decode_dead_letter, encode_dead_letter
from harken.events.codec.mention import decode_mention, encode_mention
from harken.events.codec.payload import MESSAGES, Undecodable, parse
from harken.events.codec.rates import decode_counts, encode_counts
from harken.events.codec.reply import (
    decode_delivery,
    decode_reply,
    encode_delivery,
    encode_reply,
)
from harken.events.codec.tone import decode_tagged, decode_tone, encode_tone, tag
from harken.events.codec.work import decode_work, encode_work, place

__all__ = [
    "MESSAGES",
    "DeadLetter",
    "Undecodable",
    "decode_case",
    "decode_counts",
    "decode_dead_letter",
    "decode_delivery",
    "decode_mention",
    "decode_reply",
    "decode_severity",
    "decode_tagged",
    "decode_tone",
    "decode_work",
    "encode_case",
    "encode_counts",
    "encode_dead_letter",
    "encode_delivery",
    "encode_mention",
    "encode_reply",
    "encode_severity",
    "encode_tone",
    "encode_work",
    "parse",
    "place",
    "tag",
]

"""The same document as real JSON writers wrote it, byte for byte.

SOURCE was written by json.dumps of Python 3.11, read by each of the others and written again, as
the names say: PHP 8.2.36 (json_encode; `php_symfony` with the flags of its JsonResponse, 15), Ruby
3.1.7 with json 2.6.3, Node.js 20.20.2, Go 1.19.8 (encoding/json into an interface; `go_compact` is
json.Compact), Jackson 2.14 and Gson 2.10 on Java 17, jq 1.6, JSON::PP 4.07 of Perl, and PostgreSQL
15 (text of a jsonb).
"""

from __future__ import annotations

from typing import Final

import pytest

from receiver.diagnosis import DiagnosisCode, diagnose
from receiver.judging.signing import Secrets, sign

SOURCE: Final = (
    b'{"event": "data.update", "data": {"id": "unit/\\u00e9", "note": "a<b & \'c\' \\"d\\'
    b'"=e+f \\ud83d\\ude00\\u2028\\u007f\\u0001\\b\\f\\n\\\\", "sqft": 950.0, "rent": 1250'
    b'.5, "rate": 1e-07, "area": 12345678.9, "beds": 2, "tags": [], "more": {}, "lis'
    b't": [1, {"a": null}], "10": true}}'
)
WRITTEN: Final = {
    "php": (
        b'{"event":"data.update","data":{"id":"unit\\/\\u00e9","note":"a<b & \'c\' \\"d\\"'
        b'=e+f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950,"rent":1250.5,"ra'
        b'te":1.0e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":null}'
        b'],"10":true}}'
    ),
    "php_slashes": (
        b'{"event":"data.update","data":{"id":"unit/\\u00e9","note":"a<b & \'c\' \\"d\\"=e+'
        b'f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950,"rent":1250.5,"rate"'
        b':1.0e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":null}],"'
        b'10":true}}'
    ),
    "php_unicode": (
        b'{"event":"data.update","data":{"id":"unit\\/\xc3\xa9","note":"a<b & \'c\' \\"d\\"'
        b'=e+f \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950,"rent":1250.5,"'
        b'rate":1.0e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":nul'
        b'l}],"10":true}}'
    ),
    "php_unescaped": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a<b & \'c\' \\"d\\"='
        b'e+f \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950,"rent":1250.5,"r'
        b'ate":1.0e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":null'
        b'}],"10":true}}'
    ),
    "php_zero": (
        b'{"event":"data.update","data":{"id":"unit\\/\\u00e9","note":"a<b & \'c\' \\"d\\"'
        b'=e+f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":1250.5,"'
        b'rate":1.0e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":nul'
        b'l}],"10":true}}'
    ),
    "php_pretty": (
        b'{\n    "event": "data.update",\n    "data": {\n        "id": "unit\\/\\u00e9",\n'
        b'        "note": "a<b & \'c\' \\"d\\"=e+f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f'
        b'\\n\\\\",\n        "sqft": 950,\n        "rent": 1250.5,\n        "rate": 1.0e-7'
        b',\n        "area": 12345678.9,\n        "beds": 2,\n        "tags": [],\n       '
        b' "more": {},\n        "list": [\n            1,\n            {\n                '
        b'"a": null\n            }\n        ],\n        "10": true\n    }\n}'
    ),
    "php_symfony": (
        b'{"event":"data.update","data":{"id":"unit\\/\\u00e9","note":"a\\u003Cb \\u0026 \\'
        b'u0027c\\u0027 \\u0022d\\u0022=e+f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f\\n\\\\",'
        b'"sqft":950,"rent":1250.5,"rate":1.0e-7,"area":12345678.9,"beds":2,"tags":[],"m'
        b'ore":{},"list":[1,{"a":null}],"10":true}}'
    ),
    "ruby": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a<b & \'c\' \\"d\\"='
        b'e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":12'
        b'50.5,"rate":1.0e-07,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{'
        b'"a":null}],"10":true}}'
    ),
    "ruby_pretty": (
        b'{\n  "event": "data.update",\n  "data": {\n    "id": "unit/\xc3\xa9",\n    "note'
        b'": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\'
        b'",\n    "sqft": 950.0,\n    "rent": 1250.5,\n    "rate": 1.0e-07,\n    "area": 1'
        b'2345678.9,\n    "beds": 2,\n    "tags": [\n\n    ],\n    "more": {\n    },\n    "'
        b'list": [\n      1,\n      {\n        "a": null\n      }\n    ],\n    "10": true\n'
        b"  }\n}"
    ),
    "ruby_script_safe": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a<b & \'c\' \\"d\\"='
        b'e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":12'
        b'50.5,"rate":1.0e-07,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{'
        b'"a":null}],"10":true}}'
    ),
    "ruby_ascii_only": (
        b'{"event":"data.update","data":{"id":"unit/\\u00e9","note":"a<b & \'c\' \\"d\\"=e+'
        b'f \\ud83d\\ude00\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":1250.5,"rat'
        b'e":1.0e-07,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":null}'
        b'],"10":true}}'
    ),
    "javascript": (
        b'{"event":"data.update","data":{"10":true,"id":"unit/\xc3\xa9","note":"a<b & \'c'
        b'\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\","sqft":950,"'
        b'rent":1250.5,"rate":1e-7,"area":12345678.9,"beds":2,"tags":[],"more":{},"list"'
        b':[1,{"a":null}]}}'
    ),
    "javascript_2": (
        b'{\n  "event": "data.update",\n  "data": {\n    "10": true,\n    "id": "unit/'
        b'\xc3\xa9",\n    "note": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f'
        b'\\u0001\\b\\f\\n\\\\",\n    "sqft": 950,\n    "rent": 1250.5,\n    "rate": 1e-7'
        b',\n    "area": 12345678.9,\n    "beds": 2,\n    "tags": [],\n    "more": {},\n   '
        b' "list": [\n      1,\n      {\n        "a": null\n      }\n    ]\n  }\n}'
    ),
    "javascript_tab": (
        b'{\n\t"event": "data.update",\n\t"data": {\n\t\t"10": true,\n\t\t"id": "unit/'
        b'\xc3\xa9",\n\t\t"note": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f'
        b'\\u0001\\b\\f\\n\\\\",\n\t\t"sqft": 950,\n\t\t"rent": 1250.5,\n\t\t"rate": 1e-7'
        b',\n\t\t"area": 12345678.9,\n\t\t"beds": 2,\n\t\t"tags": [],\n\t\t"more": {},\n\t'
        b'\t"list": [\n\t\t\t1,\n\t\t\t{\n\t\t\t\t"a": null\n\t\t\t}\n\t\t]\n\t}\n}'
    ),
    "go": (
        b'{"data":{"10":true,"area":12345678.9,"beds":2,"id":"unit/\xc3\xa9","list":[1,{"a'
        b'":null}],"more":{},"note":"a\\u003cb \\u0026 \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\\'
        b'u2028\x7f\\u0001\\u0008\\u000c\\n\\\\","rate":1e-7,"rent":1250.5,"sqft":950,"tags'
        b'":[]},"event":"data.update"}'
    ),
    "go_indent": (
        b'{\n  "data": {\n    "10": true,\n    "area": 12345678.9,\n    "beds": 2,\n    "id'
        b'": "unit/\xc3\xa9",\n    "list": [\n      1,\n      {\n        "a": null\n      }'
        b'\n    ],\n    "more": {},\n    "note": "a\\u003cb \\u0026 \'c\' \\"d\\"=e+f \xf0'
        b'\x9f\x98\x80\\u2028\x7f\\u0001\\u0008\\u000c\\n\\\\",\n    "rate": 1e-7,\n    "re'
        b'nt": 1250.5,\n    "sqft": 950,\n    "tags": []\n  },\n  "event": "data.update"\n}'
    ),
    "go_tab": (
        b'{\n\t"data": {\n\t\t"10": true,\n\t\t"area": 12345678.9,\n\t\t"beds": 2,\n\t\t"i'
        b'd": "unit/\xc3\xa9",\n\t\t"list": [\n\t\t\t1,\n\t\t\t{\n\t\t\t\t"a": null\n\t\t'
        b'\t}\n\t\t],\n\t\t"more": {},\n\t\t"note": "a\\u003cb \\u0026 \'c\' \\"d\\"=e+f'
        b' \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\u0008\\u000c\\n\\\\",\n\t\t"rate": 1e-7,\n\t'
        b'\t"rent": 1250.5,\n\t\t"sqft": 950,\n\t\t"tags": []\n\t},\n\t"event": "data.updat'
        b'e"\n}'
    ),
    "go_encoder": (
        b'{"data":{"10":true,"area":12345678.9,"beds":2,"id":"unit/\xc3\xa9","list":[1,{"a'
        b'":null}],"more":{},"note":"a\\u003cb \\u0026 \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\\'
        b'u2028\x7f\\u0001\\u0008\\u000c\\n\\\\","rate":1e-7,"rent":1250.5,"sqft":950,"tags'
        b'":[]},"event":"data.update"}\n'
    ),
    "go_encoder_nohtml": (
        b'{"data":{"10":true,"area":12345678.9,"beds":2,"id":"unit/\xc3\xa9","list":[1,{"a'
        b'":null}],"more":{},"note":"a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\\u2028\x7f\\u'
        b'0001\\u0008\\u000c\\n\\\\","rate":1e-7,"rent":1250.5,"sqft":950,"tags":[]},"event'
        b'":"data.update"}\n'
    ),
    "go_compact": (
        b'{"event":"data.update","data":{"id":"unit/\\u00e9","note":"a<b & \'c\' \\"d\\"=e+'
        b'f \\ud83d\\ude00\\u2028\\u007f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":1250.5,"'
        b'rate":1e-07,"area":12345678.9,"beds":2,"tags":[],"more":{},"list":[1,{"a":null'
        b'}],"10":true}}'
    ),
    "jackson": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a<b & \'c\' \\"d\\"='
        b'e+f \\uD83D\\uDE00\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":1250'
        b'.5,"rate":1.0E-7,"area":1.23456789E7,"beds":2,"tags":[],"more":{},"list":[1,{"'
        b'a":null}],"10":true}}'
    ),
    "jackson_pretty": (
        b'{\n  "event" : "data.update",\n  "data" : {\n    "id" : "unit/\xc3\xa9",\n    "n'
        b'ote" : "a<b & \'c\' \\"d\\"=e+f \\uD83D\\uDE00\xe2\x80\xa8\x7f\\u0001\\b\\f\\n'
        b'\\\\",\n    "sqft" : 950.0,\n    "rent" : 1250.5,\n    "rate" : 1.0E-7,\n    "ar'
        b'ea" : 1.23456789E7,\n    "beds" : 2,\n    "tags" : [ ],\n    "more" : { },\n    '
        b'"list" : [ 1, {\n      "a" : null\n    } ],\n    "10" : true\n  }\n}'
    ),
    "jackson_sorted": (
        b'{"data":{"10":true,"area":1.23456789E7,"beds":2,"id":"unit/\xc3\xa9","list":[1,{'
        b'"a":null}],"more":{},"note":"a<b & \'c\' \\"d\\"=e+f \\uD83D\\uDE00\xe2\x80\xa8'
        b'\x7f\\u0001\\b\\f\\n\\\\","rate":1.0E-7,"rent":1250.5,"sqft":950.0,"tags":[]},"ev'
        b'ent":"data.update"}'
    ),
    "jackson_ascii": (
        b'{"event":"data.update","data":{"id":"unit/\\u00E9","note":"a<b & \'c\' \\"d\\"=e+'
        b'f \\uD83D\\uDE00\\u2028\x7f\\u0001\\b\\f\\n\\\\","sqft":950.0,"rent":1250.5,"rat'
        b'e":1.0E-7,"area":1.23456789E7,"beds":2,"tags":[],"more":{},"list":[1,{"a":null'
        b'}],"10":true}}'
    ),
    "gson_map": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a\\u003cb \\u0026 \\u'
        b'0027c\\u0027 \\"d\\"\\u003de+f \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\b\\f\\n\\\\",'
        b'"sqft":950.0,"rent":1250.5,"rate":1.0E-7,"area":1.23456789E7,"beds":2.0,"tags"'
        b':[],"more":{},"list":[1.0,{"a":null}],"10":true}}'
    ),
    "gson_tree": (
        b'{"event":"data.update","data":{"id":"unit/\xc3\xa9","note":"a\\u003cb \\u0026 \\u'
        b'0027c\\u0027 \\"d\\"\\u003de+f \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\b\\f\\n\\\\",'
        b'"sqft":950.0,"rent":1250.5,"rate":1e-07,"area":12345678.9,"beds":2,"tags":[],"'
        b'more":{},"list":[1,{"a":null}],"10":true}}'
    ),
    "gson_pretty": (
        b'{\n  "event": "data.update",\n  "data": {\n    "id": "unit/\xc3\xa9",\n    "note'
        b'": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\\u2028\x7f\\u0001\\b\\f\\n\\\\",\n  '
        b'  "sqft": 950.0,\n    "rent": 1250.5,\n    "rate": 1e-07,\n    "area": 12345678.9'
        b',\n    "beds": 2,\n    "tags": [],\n    "more": {},\n    "list": [\n      1,\n  '
        b'    {\n        "a": null\n      }\n    ],\n    "10": true\n  }\n}'
    ),
    "jq": (
        b'{\n  "event": "data.update",\n  "data": {\n    "id": "unit/\xc3\xa9",\n    "note'
        b'": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\\u007f\\u0001\\b\\f\\n\\'
        b'\\",\n    "sqft": 950,\n    "rent": 1250.5,\n    "rate": 1e-07,\n    "area": 1234'
        b'5678.9,\n    "beds": 2,\n    "tags": [],\n    "more": {},\n    "list": [\n      1'
        b',\n      {\n        "a": null\n      }\n    ],\n    "10": true\n  }\n}\n'
    ),
    "jq_compact_sorted": (
        b'{"data":{"10":true,"area":12345678.9,"beds":2,"id":"unit/\xc3\xa9","list":[1,{"a'
        b'":null}],"more":{},"note":"a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8'
        b'\\u007f\\u0001\\b\\f\\n\\\\","rate":1e-07,"rent":1250.5,"sqft":950,"tags":[]},"ev'
        b'ent":"data.update"}\n'
    ),
    "perl_pretty": (
        b'{\n   "data" : {\n      "10" : true,\n      "area" : 12345678.9,\n      "beds" :'
        b' 2,\n      "id" : "unit/\xc3\xa9",\n      "list" : [\n         1,\n         {\n  '
        b'          "a" : null\n         }\n      ],\n      "more" : {},\n      "note" : "'
        b'a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\",\n '
        b'     "rate" : 1e-07,\n      "rent" : 1250.5,\n      "sqft" : 950,\n      "tags" :'
        b' []\n   },\n   "event" : "data.update"\n}\n'
    ),
    "postgresql_jsonb": (
        b'{"data": {"10": true, "id": "unit/\xc3\xa9", "area": 12345678.9, "beds": 2, "lis'
        b't": [1, {"a": null}], "more": {}, "note": "a<b & \'c\' \\"d\\"=e+f \xf0\x9f\x98'
        b'\x80\xe2\x80\xa8\x7f\\u0001\\b\\f\\n\\\\", "rate": 0.0000001, "rent": 1250.5, "sq'
        b'ft": 950.0, "tags": []}, "event": "data.update"}'
    ),
}

SECRETS = Secrets(b"whk_2f1c9a7be0d84635a1b2c3d4e5f60718")
#: Where writing again loses what cannot be guessed: the order of the keys.
ORDER_LOST = {
    "go",
    "go_encoder",
    "go_encoder_nohtml",
    "go_indent",
    "go_tab",
    "jackson_sorted",
    "javascript",
    "javascript_2",
    "javascript_tab",
    "jq_compact_sorted",
    "perl_pretty",
    "postgresql_jsonb",
}


def codes(*, signed: bytes, received: bytes) -> tuple[DiagnosisCode, ...]:
    headers = ((b"X-Propexo-Signature", sign(SECRETS.current, signed).encode()),)
    diagnosis = diagnose(headers, received, SECRETS, budget_s=10)
    assert diagnosis
    return diagnosis.codes


@pytest.mark.parametrize("writer", WRITTEN)
def test_what_a_real_writer_signed_is_found_behind_what_another_one_sent(writer: str) -> None:
    found = codes(signed=WRITTEN[writer], received=SOURCE)
    assert found == (DiagnosisCode.BODY_RESERIALIZED,)


@pytest.mark.parametrize("writer", sorted(WRITTEN.keys() - ORDER_LOST))
def test_what_python_signed_is_found_behind_what_a_real_writer_made_of_it(writer: str) -> None:
    found = codes(signed=SOURCE, received=WRITTEN[writer])
    assert found == (DiagnosisCode.BODY_RESERIALIZED,)


@pytest.mark.parametrize("writer", sorted(ORDER_LOST))
def test_what_is_lost_is_not_made_up(writer: str) -> None:
    found = codes(signed=SOURCE, received=WRITTEN[writer])
    assert found == (DiagnosisCode.UNKNOWN_SECRET,)


PUBLISHED = (
    b'{"event": "data.new", "timestamp": "2026-03-25T14:30:00Z", "connection_id": "conn_abc123", '
    b'"resource_type": "unit", "data": {"id": "unit_xyz789", "property_id": "prop_001", '
    b'"unit_number": "305", "sqft": 950.0, "bedrooms": 2, "bathrooms": 1, "status": "vacant"}}'
)
PUBLISHED_THROUGH = {
    # Node.js: JSON.stringify(JSON.parse(body)).
    "javascript": (
        b'{"event":"data.new","timestamp":"2026-03-25T14:30:00Z","connection_id":"conn_abc123",'
        b'"resource_type":"unit","data":{"id":"unit_xyz789","property_id":"prop_001",'
        b'"unit_number":"305","sqft":950,"bedrooms":2,"bathrooms":1,"status":"vacant"}}'
    ),
    # Go: json.Marshal of an interface{}.
    "go": (
        b'{"connection_id":"conn_abc123","data":{"bathrooms":1,"bedrooms":2,"id":"unit_xyz789",'
        b'"property_id":"prop_001","sqft":950,"status":"vacant","unit_number":"305"},'
        b'"event":"data.new","resource_type":"unit","timestamp":"2026-03-25T14:30:00Z"}'
    ),
    # PostgreSQL: body::jsonb::text.
    "postgresql": (
        b'{"data": {"id": "unit_xyz789", "sqft": 950.0, "status": "vacant", "bedrooms": 2, '
        b'"bathrooms": 1, "property_id": "prop_001", "unit_number": "305"}, "event": "data.new", '
        b'"timestamp": "2026-03-25T14:30:00Z", "connection_id": "conn_abc123", '
        b'"resource_type": "unit"}'
    ),
}


@pytest.mark.parametrize("middleware", PUBLISHED_THROUGH)
def test_a_payload_of_the_documentation_survives_any_of_them(middleware: str) -> None:
    found = codes(signed=PUBLISHED, received=PUBLISHED_THROUGH[middleware])
    assert found == (DiagnosisCode.BODY_RESERIALIZED,)

"""SMS gateways of many shapes, each nothing but configuration."""

import tomllib
from collections.abc import Mapping

from bot.notifier.gateway import SmsGateway
from bot.notifier.parcel import Letter, SmsBody, Verdict
from bot.notifier.sms import SmsSender

TEXT = 'Ma 123456 & "x"=1 <b> 100% {ref} + #?'

ESMS = """
name = "esms"
url = "URL/MainService.svc/json/SendMultipleMessage_V4_post_json/"
brandname = "BHXHVN"
secrets = { api_key = "k-1", secret_key = "s-1" }
receipt = { pointer = "/SMSID" }
body.kind = "json"
body.template = '''
{"ApiKey": "{secret.api_key}", "SecretKey": "{secret.secret_key}", "Phone": "{to}",
 "Content": "{text}", "SmsType": "2", "Brandname": "{brandname}", "IsUnicode": "{unicode}",
 "RequestId": "{ref}"}'''
success = { at = { pointer = "/CodeResult" }, equals = "100" }

[errors]
124 = "duplicate"
146 = "permanent"
103 = "retry"
"http 401" = "retry"
"""

SPEEDSMS = """
name = "speedsms"
url = "URL/index.php/sms/send"
brandname = "BHXHVN"
auth = { kind = "basic", user = "tok-1", password = "x" }
receipt = { pointer = "/data/tranId" }
code = { pointer = "/code" }
errors = { 105 = "permanent", 300 = "retry" }
success = { at = { pointer = "/status" }, equals = "success" }

[body]
kind = "json"
template = '{"to": ["{to}"], "content": "{text}", "sms_type": 3, "sender": "{brandname}"}'
"""

KANNEL = """
name = "kannel"
method = "GET"
url = "URL/cgi-bin/sendsms?dlr-mask=31"
secrets = { password = "p-1" }
success = { at = { regex = "^[03]: " } }
code = { regex = "^([0-9]+):" }
body.kind = "query"

[body.fields]
username = "bot"
password = "{secret.password}"
to = "{to_e164}"
from = "8079"
text = "{text}"
"""

SOAP = """
name = "viettel"
url = "URL/bulkapi"
brandname = "BHXHVN"
headers = { SOAPAction = "wsCpMt" }
auth = { kind = "header", name = "X-Key", value = "h-1" }
success = { at = { regex = "<result>(.*?)</result>" }, equals = "1" }
code = { regex = "Check template: ([A-Z_]+)" }
errors = { CONTENT_NOT_MATCH_TEMPLATE = "permanent" }
body.kind = "xml"
body.template = '''
<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>
<wsCpMt xmlns="http://impl.bulkSms.ws/" id="{ref}"><ReceiverID>{to}</ReceiverID>
<Content note="{text}">{text}</Content><ServiceID>{brandname}</ServiceID></wsCpMt>
</S:Body></S:Envelope>'''
"""

TWILIO = """
name = "twilio"
url = "URL/2010-04-01/Accounts/{secret.sid}/Messages.json?raw={text}"
secrets = { sid = "AC1" }
auth = { kind = "bearer", token = "b-1" }
receipt = { pointer = "/sid" }
success = { statuses = [201, 201], at = { pointer = "/sid" } }
body = { kind = "form", fields = { To = "{to_e164}", From = "8079", Body = "{text}" } }
"""

LEGACY = """
name = "vietguys"
url = "URL/api?v=1"
headers = { X-Bid = "{ref}", X-Text = "{text_base64}" }
auth = { kind = "query", name = "u key", value = "q-1" }
body = { kind = "query", fields = { phone = "{to_local}", sms = "{text}" } }
""".replace("u key", "ukey")

NOTHING: Mapping[str, object] = {}
ALL = [ESMS, SPEEDSMS, KANNEL, SOAP, TWILIO, LEGACY]


def described(
    toml: str, url: str = "https://sms.example.vn", changes: Mapping[str, object] = NOTHING
) -> SmsGateway:
    """Read a gateway as config.toml would give it."""
    return SmsGateway.model_validate(tomllib.loads(toml.replace("URL", url)) | dict(changes))


def letter(text: str = TEXT, tries: int = 1, to: str = "+84901234567") -> Letter:
    return Letter(ref="ref-1", to=to, body=SmsBody(text), tries=tries)


async def sent(*gateways: SmsGateway, what: Letter | None = None) -> Verdict:
    """Hand one letter to a sender of these gateways."""
    sender = SmsSender(gateways)
    try:
        return await sender.send(what or letter())
    finally:
        await sender.close()

"""The parts of a text: what is denied ("em không quên mật khẩu"), and the asks that stand in it.

Works on words as `spelling` gives them. It never decides what an ask is.
"""

import re

from bot.understanding.spelling import Said

_THING = (
    r"(?:mat khau|sim|so|the|dien thoai|may|email|ma|otp|tai khoan|vssid|bhxh|bhyt|bao hiem|"
    r"ngan hang|luong|luong huu|tien mat|qua trinh dong|qua trinh|noi linh|cho linh|"
    r"password|book|card|phone|account)"
)
_DEED = (
    r"(?:quen|mat|bi mat|lam mat|hong|rach|hu|doi|muon \w+|can \w+|hoi|xin|xoa|huy|sai|cap lai|"
    r"chuyen|nhan|lanh|linh|dang ky|tra cuu|tra|xem|coi|"
    r"forgot|forget|lose|lost|change|changing|asking|want to \w+)"
)
_UNTIL = r"(?=(?: ,| ma| nhung| chu| chi| but| just| only)\b|$| ,)"
# "em không quên mật khẩu", "không phải đổi sim mà …", "I did not forget my password, …"
_DENIED = re.compile(
    rf"\b(?:khong|chua|dau|did not|have not|do not|not)(?: phai)?(?: la)?(?: bi)?"
    rf" {_DEED}\b(?! duoc)(?: (?!ma\b|nhung\b|chu\b|chi\b|but\b|,)\w+)*? {_THING}\b"
    rf"(?: (?!ma\b|nhung\b|chu\b|chi\b|but\b|just\b|only\b)\w+)*{_UNTIL}"
)
_NEGATION = re.compile(
    r"^(?:khong|chua|dau|did not|have not|do not|not)(?: phai)?(?: la)?(?: bi)? "
)
# "sổ thì còn, thẻ mới mất": what is said to be there is not what is asked for.
_THERE = re.compile(
    r"\b(?:so|the|mat khau|email|tai khoan)"
    r"(?: bhxh| bhyt| bao hiem| nha| kham benh| kham| y te| giay| cung| nhua| cu)*"
    r"(?: em| toi| thi| van| cua| minh| bac)*"
    r" (?:van con|con nguyen|con giu|van giu|con day|con|khong mat|khong sao|van nho|nho)"
    r"(?: nguyen| day| giu| duoc| do| roi| ma)*(?= ,| nhung| chi| ma|$)"
)
# "sim không mất đâu": the same of a phone and its number, where "còn" would be news.
_UNHURT = re.compile(
    r"\b(?:sim|so dien thoai|dien thoai|so)(?: em| toi| thi| cu| dang ky| cua| minh| bac)*"
    r" (?:khong|dau co|chua) (?:bi )?(?:mat|hong|sao)(?: dau| gi| ca| nha| nhe| a| ma| roi)*"
    r"(?= ,| nhung| chi| ma|$)"
)
# "sim vẫn còn, số vẫn đúng, mà mã không về": the same, where something else is asked about.
_AS_BEFORE = re.compile(
    r"\b(?:sim|so dien thoai|dien thoai|so|email)(?: em| toi| thi| cu| dang ky| cua| minh| bac)*"
    r" (?:van(?: con)?|con|giu)(?: nguyen| dung| day| duoc| binh thuong| nhu cu| do)*"
    r"(?= ,| nhung| chi| ma|$)"
)
_ELSE = re.compile(r"\b(?:ma|otp|mat khau|email|the|luong|ho so|code|password)\b(?! so)")
# "biết mã số rồi": nobody asks for what they have.
_KNOWN = re.compile(
    r"\b(?:biet|co)(?: duoc)? (?:ma so|so so|so|ma|mat khau|link)"
    r"(?: (?!roi\b)\w+){0,3} roi(?= ,|$)"
)
_LOSS = re.compile(r"\b(?:mat|hong|rach|hu|gay|quen|doi|roi|lost|broken|forgot)\b")
_ASKS = re.compile(r"(?:\w+ ){2}\w+")  # three words on end
_LEFT_OUT = (
    (_DENIED, _ASKS),
    (_THERE, _LOSS),
    (_UNHURT, _ASKS),
    (_AS_BEFORE, _ELSE),
    (_KNOWN, _ASKS),
)
# What is left begins after its "but": "mà sổ" must not read as "mã số".
_BUT = re.compile(r" ,  ma (?=so\b)")
_NEXT = re.compile(
    r" ,(?: va| con| roi)? | (?:voi lai|san tien|tien the|san the|ngoai ra|dong thoi|them nua|"
    r"nhan tien|roi con|roi|va|con|and also|and|also|plus) "
)

# "hồi trước lập tài khoản, giờ không muốn để nữa": what came before may be the story of it.
_TURNS = re.compile(r" , (?:\w+ )?(?:gio|bay gio|nay|chi|but now|now)\b")
# Whoever asks whether something is genuine wants to know that first.
_SUSPECTS = re.compile(
    r"\b(?:lua dao|co phai lua|phai lua|la lua|bi lua|lua khong|lua ma|nghi qua|nghi ngo|"
    r"thay nghi|tin duoc khong|co tin duoc|dang tin khong|gia mao|mao danh|that hay gia|"
    r"that hay la gia|co that khong|that khong|"
    r"scam|scammer|fake|fraud|phishing|genuine|legit|is it real|is this real)\b"
)
# Services with passwords, numbers and addresses of their own.
_ELSEWHERE = re.compile(
    r"\b(?:facebook|fb|zalo|tiktok|instagram|insta|youtube|google|gmail|icloud|apple|wifi|momo|"
    r"viber|telegram|shopee|lazada|netflix|vneid|game|laptop|may tinh)\b"
)
_OURS = re.compile(r"\b(?:vssid|bhxh|bhyt|bao hiem|luong huu)\b")


# A reason is asked for, and nothing is wanted.
_WHY = re.compile(
    r"^(?:(?:a|da|oi|em|cho|toi|hoi|minh|bac|con|ad|,|xin) )*(?:tai sao|vi sao|why|how come)\b"
)


def asks_why(words: tuple[str, ...]) -> bool:
    """Whether the text begins with the question for a reason."""
    return bool(_WHY.search(" ".join(words)))


def suspects(words: tuple[str, ...]) -> bool:
    """Whether the text doubts that something is genuine."""
    return bool(_SUSPECTS.search(" ".join(words)))


def elsewhere(heard: Said) -> bool:
    """Whether the text names other services alone."""
    typed = " ".join(heard.typed)
    return bool(_ELSEWHERE.search(typed)) and not _OURS.search(" ".join(heard.words))


def turns(words: tuple[str, ...]) -> bool:
    """Whether the text turns, so that its first ask may be none."""
    return bool(_TURNS.search(" ".join(words)))


def kept(words: tuple[str, ...]) -> tuple[str, ...]:
    """`words` without what is denied, as long as something that asks is left."""
    joined = " ".join(words)
    for pattern, needs in _LEFT_OUT:
        rest = _BUT.sub(" , ", pattern.sub(" , ", joined))
        if rest != joined and needs.search(rest):
            joined = rest
    return tuple(joined.split())


def denied(words: tuple[str, ...]) -> tuple[str, ...]:
    """What the text says not to be so: "mat so" of "em không mất sổ, em dư sổ"."""
    found = _DENIED.search(" ".join(words))
    return tuple(_NEGATION.sub("", found[0]).split()) if found else ()


def parts(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The pieces of a text that may be asks of their own, longest first to last as they stand."""
    pieces = (piece.replace(",", " ").split() for piece in _NEXT.split(" ".join(words)))
    return [tuple(piece) for piece in pieces if len(piece) > 2]

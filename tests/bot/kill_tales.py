"""What is said in each tale of the kill sweep, and what it must have come to in the end.

A line is typed, unless it begins with "(": "(photo)", "(page)" is the one-time page on which the
right password was typed, "(staff:ask an 2 why)" is an officer's decision on version 2.
"{address}" stands for the newest code that was sent there.
"""

from typing import NamedTuple

from storage.base import Person

LAN = Person(
    "7900000001",
    "079185000001",
    "Nguyễn Thị Lan",
    "1985-03-12",
    "+84900000101",
    "lan@example.vn",
    "BHXH quận Ba Đình",
)
NEW_PHONE, NEW_MAIL = "+84912345678", "lan.moi@example.com"
_SMS_CODE, _MAIL_CODE = f"{{{LAN.phone}}}", f"{{{LAN.email}}}"


class Tale(NamedTuple):
    """One dialogue.

    after, hours: the tale before it, and when it begins, counted from the first one's beginning.
    letters: how many leave by each channel. acts: what the audit chain gets of it.
    story: what may stand written at any moment, see STORY in `tests/bot/test_kill_sweep.py`; the
    last is the end. dossiers: kind, state and version. photos: how many belong to a dossier.
    field, new: the contact that it changes.
    """

    said: tuple[str, ...]
    letters: dict[str, int]
    acts: tuple[str, ...]
    story: tuple[tuple[int, ...], ...]
    after: str = ""
    hours: int = 0
    dossiers: tuple[tuple[str, str, int], ...] = ()
    photos: int = 0
    field: str = ""
    new: str = ""


_NOTHING, _PROVED = (0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 1)
_CHANGED = ("consent", "code_issued", "code_issued", "contact_changed", "contact_change_decided")

TALES = {
    "forgot_password": Tale(
        ("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone, _SMS_CODE),
        {"telegram": 5, "sms": 3, "email": 1},
        ("consent", "code_issued", "password_issued"),
        (_NOTHING, (0, 0, 0, 0, 3, 1)),
    ),
    "add_email": Tale(
        (
            "thêm email", "đồng ý", LAN.bhxh_number, _SMS_CODE, NEW_MAIL, "ghi nhận",
            f"{{{NEW_MAIL}}}",
        ),
        {"telegram": 7, "sms": 2, "email": 2},
        _CHANGED,
        (_NOTHING, _PROVED, (0, 1, 1, 0, 2, 2)),
        field="email",
        new=NEW_MAIL,
    ),
    "change_phone": Tale(
        (
            "đổi số điện thoại", "đồng ý", LAN.bhxh_number, LAN.phone, NEW_PHONE,
            f"{{{NEW_PHONE}}}", _SMS_CODE,
        ),
        {"telegram": 7, "sms": 3, "email": 1},
        _CHANGED,
        (_NOTHING, _PROVED, (0, 1, 1, 0, 2, 2)),
        field="phone",
        new=NEW_PHONE,
    ),
    "reissue": Tale(
        (
            "cấp lại", "Sổ BHXH", "Bị hỏng", "Không sửa", "đồng ý", LAN.bhxh_number, _SMS_CODE,
            "Việt Nam, dân tộc Kinh", "(photo)", "xong", "Tại cơ quan BHXH",
            "Gửi đề nghị cấp lại sổ BHXH", _SMS_CODE,
        ),
        {"telegram": 14, "sms": 2, "email": 1},
        ("consent", "code_issued", "code_issued", "dossier_submitted"),
        (_NOTHING, _PROVED, (1, 0, 0, 0, 1, 2)),
        dossiers=(("reissue_book", "submitted", 1),),
        photos=1,
    ),
    "my_dossiers": Tale(
        ("hồ sơ của tôi", "Rút hồ sơ", "Rút hồ sơ này", "hồ sơ"),
        {"telegram": 5, "email": 1},
        ("dossier_moved",),
        ((1, 0, 0, 0, 1, 2), (2, 0, 0, 0, 2, 2)),
        after="reissue",
        hours=1,
        dossiers=(("reissue_book", "withdrawn", 2),),
        photos=1,
    ),
    "decided": Tale(
        (
            "(staff:receive an 1)", "(staff:review an 2)", "(staff:verify binh 3 Tra cứu thêm.)",
            "(staff:ask an 4 Sổ hỏng chỗ nào?)", "hồ sơ", "Mất bìa.", "(staff:approve binh 6)",
        ),
        {"telegram": 8, "email": 6},
        ("dossier_moved",) * 6,
        tuple((steps, 0, 0, 0, steps, 2) for steps in range(1, 8)),
        after="reissue",
        hours=1,
        dossiers=(("reissue_book", "resolved", 7),),
        photos=1,
    ),
    "transfer_pension": Tale(
        (
            "chuyển lương hưu", "Lương hưu", "đồng ý", LAN.bhxh_number, _SMS_CODE, "vào Huế",
            "phường Thuận Hóa", "Như hiện nay", "Gửi đề nghị chuyển nơi nhận", _SMS_CODE,
        ),
        {"telegram": 11, "sms": 2, "email": 1},
        ("consent", "code_issued", "code_issued", "dossier_submitted"),
        (_NOTHING, _PROVED, (1, 0, 0, 0, 1, 2)),
        dossiers=(("pension_place", "submitted", 1),),
    ),
    "change_payment": Tale(
        (
            "đổi cách nhận lương hưu", "Vào tài khoản của tôi", "đồng ý", LAN.bhxh_number,
            _SMS_CODE, "NGUYEN THI LAN", "Agribank", "1500205123456", "1500205123456",
            "Gửi đề nghị đổi cách nhận", _SMS_CODE,
        ),
        {"telegram": 12, "sms": 2, "email": 1},
        ("consent", "code_issued", "code_issued", "dossier_submitted"),
        (_NOTHING, _PROVED, (1, 0, 0, 0, 1, 2)),
        dossiers=(("pension_payment", "submitted", 1),),
    ),
    "freeze_account": Tale(
        ("khóa", "1", LAN.bhxh_number, _SMS_CODE),
        {"telegram": 4, "sms": 2, "email": 1},
        ("consent", "code_issued", "account_frozen", "dossier_submitted"),
        (_NOTHING, (1, 0, 0, 1, 2, 1)),
        dossiers=(("unfreeze", "submitted", 1),),
    ),
    "cancel_account": Tale(
        (
            "hủy tài khoản", "Không dùng nữa", "đồng ý", LAN.bhxh_number, "Hủy tài khoản này",
            _SMS_CODE,
        ),
        {"telegram": 6, "sms": 2, "email": 1},
        ("consent", "code_issued", "account_cancel_decided"),
        (_NOTHING, (0, 1, 0, 0, 2, 1)),
    ),
    # It begins in the hour in which the hold ends: the clock closes the account.
    "cancelled": Tale(
        ("menu",),
        {"telegram": 1, "sms": 1, "email": 1},
        ("account_cancelled",),
        ((0, 1, 0, 0, 2, 1), (0, 1, 1, 0, 4, 1)),
        after="cancel_account",
        hours=73,
    ),
    "my_data": Tale(
        (
            "dữ liệu của tôi", "đồng ý", LAN.bhxh_number, _SMS_CODE, "xóa", "Xóa dữ liệu của tôi",
            _SMS_CODE,
        ),
        {"telegram": 8, "sms": 2},
        ("consent", "code_issued", "data_shown", "code_issued", "data_erase_asked", "data_erased"),
        (_NOTHING, _PROVED, (0, 0, 0, 0, 0, 2)),
    ),
    "register_account": Tale(
        (
            "đăng ký tài khoản", "Cho tôi", "đồng ý", "0312345678", "Trần Văn Nam", "03/04/1990",
            "079090123456", NEW_PHONE, "BHXH Ba Đình", "Gửi đăng ký", f"{{{NEW_PHONE}}}",
        ),
        {"telegram": 12, "sms": 2},
        ("consent", "code_issued", "dossier_submitted"),
        (_NOTHING, (1, 0, 0, 0, 1, 1)),
        dossiers=(("register", "submitted", 1),),
    ),
    "registered": Tale(
        ("(staff:receive an 1)", "(staff:approve binh 2)"),
        {"telegram": 2, "sms": 2},
        ("dossier_moved", "dossier_moved", "account_opened"),
        ((1, 0, 0, 0, 1, 1), (2, 0, 0, 0, 2, 1), (3, 0, 0, 0, 3, 1)),
        after="register_account",
        hours=1,
        dossiers=(("register", "resolved", 3),),
    ),
    "lookup_card": Tale(
        ("hạn thẻ", "đồng ý", LAN.bhxh_number, _SMS_CODE),
        {"telegram": 4, "sms": 1},
        ("consent", "code_issued", "record_shown"),
        (_NOTHING, _PROVED),
    ),
    "lost_phone": Tale(
        (
            "mất sim", "Không cấp lại được", "Còn nhớ", "Đọc được email", "đồng ý",
            LAN.bhxh_number, _MAIL_CODE, "(page)", NEW_PHONE, "Gửi đề nghị đổi số",
        ),
        {"telegram": 11, "email": 2},
        ("consent", "code_issued", "sign_in_offered", "dossier_submitted"),
        (_NOTHING, _PROVED, (1, 0, 0, 0, 1, 1)),
        dossiers=(("phone_review", "submitted", 1),),
    ),
    "granted": Tale(
        ("(staff:review an 1)", "(staff:approve an 2)", "(staff:approve binh 3)"),
        {"telegram": 3, "sms": 1, "email": 4},
        ("dossier_moved",) * 3,
        ((1, 0, 0, 0, 1, 1), (2, 0, 0, 0, 2, 1), (3, 0, 0, 0, 3, 1), (4, 1, 0, 0, 6, 1)),
        after="lost_phone",
        hours=1,
        dossiers=(("phone_review", "resolved", 4),),
    ),
    # It begins in the hour in which the hold ends: the clock has its part in it.
    "claim_phone": Tale(
        ("nhận số mới", "đồng ý", LAN.bhxh_number, NEW_PHONE, f"{{{NEW_PHONE}}}"),
        {"telegram": 6, "sms": 2, "email": 1},
        ("consent", "code_issued", "phone_claimed", "contact_changed"),
        ((4, 1, 0, 0, 6, 1), (4, 1, 1, 0, 8, 2)),
        after="granted",
        hours=74,
        dossiers=(("phone_review", "resolved", 4),),
        field="phone",
        new=NEW_PHONE,
    ),
}  # fmt: skip

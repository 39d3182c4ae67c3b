"""Papers of a made-up citizen."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.papers.my_data import Copy, Entry
from bot.papers.pension import Form as Pension
from bot.papers.receipt import Receipt
from bot.papers.reregister import Request
from bot.papers.tk1_ts import Form

SEED = bytes(range(32))
AT = datetime(2026, 11, 23, 2, 5, tzinfo=UTC).timestamp()  # 9:05 in Viet Nam, a Monday
NAME = "Nguyễn Thị Mẫu Đỗ Hường"

RECEIPT = Receipt(
    reference="VB-7K2M-94QX",
    kind="reissue_book",
    step="submitted",
    at=AT,
    hotline="1900 9068",
    due=date(2026, 12, 7),
    details=(
        "Sổ BHXH bị hỏng, không đổi thông tin",
        "Nhận kết quả qua bưu điện: số 12 phố Hàng Mẫu, phường Cửa Nam, Hà Nội",
    ),
    by_post=True,
)
FORM = Form(
    reference="VB-7K2M-94QX",
    at=AT,
    full_name=NAME,
    sex="Nữ",
    birth_date="12/03/1985",
    nationality="Việt Nam",
    ethnic_group="Kinh",
    id_number="001185000000",
    phone="0912 345 678",
    bhxh_number="0123456789",
    request="Cấp lại sổ BHXH bị hỏng, không thay đổi thông tin",
    delivery="Qua bưu điện: số 12 phố Hàng Mẫu, phường Cửa Nam, Hà Nội",
    papers=("Sổ BHXH bị hỏng",),
)
TRANSFER = Pension(
    paper="hsb_14",
    reference="VB-7K2M-94QX",
    at=AT,
    full_name=NAME,
    birth_date="12/03/1955",
    bhxh_number="0123456789",
    id_number="001155000000",
    phone="0912 345 678",
    benefit="Lương hưu",
    province="Thành phố Hồ Chí Minh (Bình Dương cũ)",
    agency="phường Thủ Dầu Một",
    method="Vào tài khoản của tôi",
    by_bank=True,
    holder="NGUYEN THI MAU DO HUONG",
    bank="Vietcombank",
    bank_account="0071000123456",
)
PAYMENT = replace(TRANSFER, paper="cbh_2", benefit="", province="", agency="")
REQUEST = Request(
    at=AT,
    hotline="1900 9068",
    full_name=NAME,
    number="001185000000",
    new_phone="0912 345 678",
    office="BHXH TP. Hà Nội - BHXH cơ sở Đống Đa",
)
COPY = Copy(
    made_at=AT,
    account={
        "bhxh_number": "0123456789",
        "national_id": "001185000000",
        "full_name": NAME,
        "birth_date": "1985-03-12",
        "phone": "+84912345678",
        "email": "mau@example.vn",
        "agency": "BHXH TP. Hà Nội",
        "card_until": "2031-07-13",
        "card_hospital": "Bệnh viện Mẫu",
        "contributions": "2011-05..2019-08 Công ty Mẫu",
        "state": "active",
    },
    messages=[Entry(AT, ["> dữ liệu của tôi", "Ông/bà đồng ý?"])],
    requests=[Entry(AT, ["HS-261123-A7K2M9", "reissue_book: submitted"])],
    changes=[Entry(AT, ["phone: +84912345678 > +84987654321", ""])],
    consents=[Entry(AT, ["Dữ liệu của tôi: yes"])],
    about_data=[Entry(AT, ["DL-261123-A7K2M9", "export done"])],
)

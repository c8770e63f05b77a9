#!/usr/bin/env python3
"""Makes a set by which the step `pii` is judged: sentences with personal data and secrets in many writings, and sentences that only look so.

    bench/pii/make_set.py [--seed N] [--per-kind N] > set.jsonl

A line is {"text": …, "items": [{"kind", "begin", "end"}]}, with places in bytes of UTF-8. Everything is made up: names, numbers and keys are drawn at random
(the same for the same seed); what has a check digit gets a right one. Sentences without items are the hard negatives.
"""
import argparse
import base64
import ipaddress
import json
import random
import string
import sys

HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase
ALNUM = string.ascii_letters + string.digits

NAMES = ["anna", "john", "maria", "li.wei", "j.smith", "kowalski", "mueller", "o'brien", "tanaka", "ivan_petrov", "sofia.rossi", "d.martin", "ahmed", "kim.minjun", "x", "info",
         "r2d2", "a.b.c", "first.last", "jean-luc", "new+tag", "sales", "support", "1985bob", "müller", "josé"]
HOSTS = ["gmail", "outlook", "web", "mail.ru", "uni-bonn", "company", "acme-corp", "cs.stanford", "proton", "my-shop24", "gov", "qq", "orange", "posteo", "bbc", "a1b2"]
ENDS = ["com", "org", "de", "fr", "edu", "co.uk", "io", "net", "me", "cn", "ru", "jp", "com.br", "info", "museum", "online", "eu", "es", "it", "pl"]

# {} is where the item stands. The same frames for all languages would be no test of what stands beside an item.
FRAMES = {
    "email": ["Write to {} for details.", "Contact: {}", "mailto:{}?subject=hi", "<{}>", "My address is {}.", "Schreiben Sie an {}, bitte.", "E-Mail: {}", "Écrivez à {} !",
              "Envíe un correo a {}.", "Пишите на {}, ответим.", "邮箱：{}。", "请发邮件到{}联系我们", "メールは{}まで", "{}으로 연락 주세요", "Napisz na adres {}; odpowiemy.",
              "Author: Jane Doe <{}>", "(see {})", "[{}](mailto)", '"{}"', "cc={};", "البريد الإلكتروني: {}", "{}", "user {} logged in", "Sähköposti:{}", "bana {}'dan yazın"],
    "phone": ["Call {} today.", "Phone: {}", "Tel. {}", "tel:{}", "Fax {}, office 12", "You can reach us at {}.", "Ring us on {} (free).", "Telefon: {}", "Rufen Sie {} an.", "Tél. : {}",
              "Teléfono {}", "Тел.: {}", "Звоните: {}", "电话：{}", "电话{}", "電話番号 {}", "전화: {}", "Mobile: {}.", "WhatsApp {}", "Numer: {}", "My number is {}", "{}", "Contact {} or visit."],
    "phone_cue": ["Phone: {}", "Tel. {}", "call {} now", "Telefon {}", "Teléfono: {}", "Тел. {}", "电话：{}", "手机{}", "전화번호: {}", "mobile {}", "fax: {}", "Tél : {}"],
    "ipv4": ["Failed login from {} port 22", "The server is {}.", "http://{}/index.html", "ping {}", "host={}", "{} - - [10/Oct/2023:13:55:36 +0000]", "IP: {}", "connected to {}:8080", "IP-Adresse {}",
             "l'adresse {}", "({})", "地址是{}。", "allow {}/32;", "[{}]", "{}"],
    "ipv6": ["Failed login from {} port 22", "http://[{}]/", "inet6 {}/64 scope global", "IPv6: {}", "address {}.", "({})", "地址{}", "{}", "route via {} dev eth0"],
    "card": ["Card number: {}", "Pay with {} please.", "Visa {} exp 12/27", "Kreditkarte: {}", "carte bancaire {}", "номер карты {}", "卡号：{}", "card={}", "({})", "{}", "My card {} was stolen."],
    "iban": ["IBAN: {}", "Transfer to {} until Friday.", "Bitte überweisen Sie auf {}.", "virement sur {}", "iban={}", "({})", "{}", "Счёт {}", "账号{}"],
    "ssn": ["SSN: {}", "His social security number is {}.", "ssn={}", "({})", "SSN {} on file", "{}", "Employee John Doe, {}, hired"],
    "ssn_cue": ["SSN: {}", "SSN {}", "ssn={}"],
    "secret": ["export TOKEN={}", 'key: "{}"', "Authorization: Bearer {}", "api_key = '{}'", "The token {} leaked.", "{}", "`{}`", "https://user:{}@github.com/x/y", "--token={} --verbose", "({})", "密钥是{}。"],
    "coordinates": ["Located at {}.", "({})", "GPS: {}", "[{}]", "Meet me at {} tomorrow", "Koordinaten: {}", "坐标：{}", "https://maps.example/@{},17z", "{}", "geo:{}"],
}
FILLER = ["The meeting took place in 2019 and nobody complained.", "Das ist ein ganz gewöhnlicher Satz.", "Ceci est une phrase.", "Это обычное предложение.", "这是一个普通的句子。", "ふつうの文です。",
          "In 1984 there were 12,500 of them.", "See section 3.2 for more.", "Version 2.0 was released on 2021-03-04.", ""]


def digits(rng, n, first=string.digits):
    return rng.choice(first) + "".join(rng.choice(string.digits) for _ in range(n - 1))


def some(rng, alphabet, n):
    return "".join(rng.choice(alphabet) for _ in range(n))


def make_email(rng):
    local = rng.choice(NAMES)
    if rng.random() < 0.5:
        local += rng.choice([".", "_", "-", ""]) + rng.choice([some(rng, LOWER, rng.randint(1, 8)), digits(rng, rng.randint(1, 4))])
    domain = rng.choice(HOSTS) + rng.choice(["", "", digits(rng, 2), "-" + some(rng, LOWER, 4)]) + "." + rng.choice(ENDS)
    text = f"{local}@{domain}"
    return rng.choice([text, text, text, text.upper() if text.isascii() else text, text.title()])


def north_american(rng):
    while True:
        area, exchange, line = digits(rng, 3, "23456789"), digits(rng, 3, "23456789"), digits(rng, 4)
        if area[1] != "9" and area[1:] != "11" and exchange[1:] != "11" and not (exchange == "555" and line < "0200"):
            return area, exchange, line


def make_phone(rng):
    kind = rng.randrange(14)
    a, b, c = north_american(rng)
    d = lambda n, first="123456789": digits(rng, n, first)
    if kind == 0:
        return rng.choice([f"({a}) {b}-{c}", f"({a}){b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"1-{a}-{b}-{c}", f"1 ({a}) {b}-{c}", f"{a} {b} {c}", f"{a}/{b}-{c}"])
    if kind == 1:
        return rng.choice([f"+1 {a} {b} {c}", f"+1{a}{b}{c}", f"+1-{a}-{b}-{c}", f"+1 ({a}) {b}-{c}", f"+1.{a}.{b}.{c}"])
    if kind == 2:  # Germany
        area, rest = rng.choice(["30", "40", "89", "221", "171", "6221"]), d(7)
        return rng.choice([f"+49 {area} {rest}", f"+49{area}{rest}", f"+49 (0){area} {rest}", f"0{area} {rest}", f"0{area}/{rest}", f"0{area}-{rest}", f"(0{area}) {rest[:3]} {rest[3:]}", f"0049 {area} {rest}"])
    if kind == 3:  # France
        pairs = [rng.choice("1234567") + d(1)] + [d(2) for _ in range(3)] + [d(1)]
        n = d(1, "1234567") + d(8)
        p = [n[0], n[1:3], n[3:5], n[5:7], n[7:9]]
        return rng.choice(["0" + p[0] + " " + " ".join(p[1:]), "0" + p[0] + "." + ".".join(p[1:]), "+33 " + " ".join(p), "+33" + n, "0" + p[0] + "-" + "-".join(p[1:])])
    if kind == 4:  # United Kingdom
        return rng.choice([f"+44 20 7{d(3)} {d(4)}", f"020 7{d(3)} {d(4)}", f"07{d(3)} {d(6)}", f"+44 7{d(3)} {d(6)}", f"+44 (0)20 7{d(3)} {d(4)}", f"(020) 7{d(3)} {d(4)}", f"0{d(4)} {d(6)}"])
    if kind == 5:  # Spain, Italy, Poland
        return rng.choice([f"+34 6{d(2)} {d(3)} {d(3)}", f"+34 9{d(1)} {d(3)} {d(2)} {d(2)}", f"+39 06 {d(4)} {d(4)}", f"+39 3{d(2)} {d(7)}", f"+48 {d(3, '5678')} {d(3)} {d(3)}", f"06 {d(4)} {d(4)}"])
    if kind == 6:  # Russia, Ukraine
        return rng.choice([f"+7 (9{d(2)}) {d(3)}-{d(2)}-{d(2)}", f"8 (9{d(2)}) {d(3)}-{d(2)}-{d(2)}", f"+79{d(9)}", f"+7 9{d(2)} {d(3)}-{d(2)}-{d(2)}", f"+380 44 {d(3)} {d(4)}"])
    if kind == 7:  # China
        return rng.choice([f"+86 1{d(1, '3578')}{d(1)} {d(4)} {d(4)}", f"+861{d(1, '3578')}{d(9)}", f"010-6{d(7)}", f"021-{d(4)}-{d(4)}", f"+86-10-{d(8)}"])
    if kind == 8:  # Japan
        return rng.choice([f"03-{d(4)}-{d(4)}", f"090-{d(4)}-{d(4)}", f"+81 3-{d(4)}-{d(4)}", f"+81-90-{d(4)}-{d(4)}", f"(03) {d(4)}-{d(4)}"])
    if kind == 9:  # Korea
        return rng.choice([f"010-{d(4)}-{d(4)}", f"02-{d(3)}-{d(4)}", f"+82-10-{d(4)}-{d(4)}", f"+82 2 {d(3)} {d(4)}"])
    if kind == 10:  # Brazil
        return rng.choice([f"(11) 9{d(4)}-{d(4)}", f"+55 11 9{d(4)}-{d(4)}", f"+55 (21) {d(4, '2345')}-{d(4)}", f"(21) {d(4, '2345')}-{d(4)}"])
    if kind == 11:  # India
        return rng.choice([f"+91 {d(5, '6789')} {d(5)}", f"+91-{d(10, '6789')}", f"+91{d(10, '6789')}"])
    if kind == 12:  # Australia, Netherlands, Turkey
        return rng.choice([f"(02) {d(4, '89')} {d(4)}", f"04{d(2)} {d(3)} {d(3)}", f"+61 4{d(2)} {d(3)} {d(3)}", f"06-{d(8)}", f"+31 6 {d(8)}", f"+90 5{d(2)} {d(3)} {d(2)} {d(2)}", f"0312 {d(3)} {d(2)} {d(2)}"])
    return rng.choice([f"+352 {d(6)}", f"+971 50 {d(3)} {d(4)}", f"+972-{d(1)}-{d(3)}-{d(4)}", f"+420 {d(3)} {d(3)} {d(3)}", f"+351 {d(3, '29')} {d(3)} {d(3)}", f"+234 803 {d(3)} {d(4)}", f"+65 {d(4, '689')} {d(4)}"])


def make_phone_cue(rng):
    a, b, c = north_american(rng)
    d = lambda n, first="123456789": digits(rng, n, first)
    return rng.choice([f"{a}{b}{c}", f"1{d(1, '3578')}{d(9)}", f"6{d(2)} {d(3)} {d(3)}", f"{d(3)}-{d(4)}", f"{d(5)} {d(5)}", f"0{d(9)}", f"{d(2)} {d(2)} {d(2)} {d(2)}", f"{d(4)} {d(4)}", f"0{d(3)}/{d(3)}{d(4)}", f"{d(3)} {d(2)} {d(2)} {d(1)}{d(1)}"])


def make_ipv4(rng):
    while True:
        ip = ipaddress.IPv4Address(rng.getrandbits(32))
        if ip.is_global and not ip.is_multicast and not ip.is_reserved:
            return str(ip)


def make_ipv6(rng):
    head = rng.choice([0x2001 << 16 | rng.randint(0x0400, 0x0DB0), 0x2A00 << 16 | rng.getrandbits(16), 0x2600 << 16 | rng.getrandbits(16), 0x2400 << 16 | rng.getrandbits(16), 0x2803 << 16 | rng.getrandbits(16)])
    rest = rng.choice([rng.getrandbits(96), rng.getrandbits(16), rng.getrandbits(16) << 64 | rng.getrandbits(16), rng.getrandbits(64)])
    ip = ipaddress.IPv6Address(head << 96 | rest)
    return rng.choice([str(ip), str(ip), ip.exploded, str(ip).upper()])


def with_luhn(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        value = int(c) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def make_card(rng):
    prefix, n = rng.choice([("4", 16), ("4", 16), (str(rng.randint(51, 55)), 16), (str(rng.randint(2221, 2720)), 16), ("34", 15), ("37", 15), ("36", 14), (str(rng.randint(300, 305)), 14), ("6011", 16), ("65", 16),
                            (str(rng.randint(3528, 3589)), 16), ("62", 16), ("2202", 16), ("62", 19)])
    number = with_luhn(prefix + digits(rng, n - 1 - len(prefix)))
    shape = {14: [4, 6, 4], 15: [4, 6, 5], 16: [4, 4, 4, 4], 19: [4, 4, 4, 4, 3]}[n]
    parts, at = [], 0
    for length in shape:
        parts.append(number[at : at + length])
        at += length
    return rng.choice([number, " ".join(parts), " ".join(parts), "-".join(parts)])


def make_iban(rng):
    # country, bank code of letters, length
    country, letters, length = rng.choice([("DE", 0, 22), ("GB", 4, 22), ("FR", 0, 27), ("ES", 0, 24), ("IT", 1, 27), ("NL", 4, 18), ("BE", 0, 16), ("AT", 0, 20), ("CH", 0, 21), ("PL", 0, 28), ("NO", 0, 15), ("SE", 0, 24),
                                           ("PT", 0, 25), ("MT", 4, 31), ("TR", 0, 26), ("SA", 0, 24), ("BR", 0, 29), ("UA", 0, 29), ("IE", 4, 22), ("RO", 4, 24)])
    bban = some(rng, string.ascii_uppercase, letters) + digits(rng, length - 4 - letters)
    value = int("".join(str(int(c, 36)) for c in bban + country + "00"))
    iban = f"{country}{98 - value % 97:02}{bban}"
    return rng.choice([iban, " ".join(iban[i : i + 4] for i in range(0, length, 4))])


def ssn_parts(rng):
    while True:
        area, group, serial = rng.randint(1, 899), rng.randint(1, 99), rng.randint(1, 9999)
        if area != 666:
            return f"{area:03}", f"{group:02}", f"{serial:04}"


def make_ssn(rng):
    return "-".join(ssn_parts(rng))


def make_ssn_cue(rng):
    return rng.choice([" ", ""]).join(ssn_parts(rng))


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def make_secret(rng):
    kind = rng.randrange(22)
    if kind == 0:
        return rng.choice(["AKIA", "ASIA"]) + some(rng, string.ascii_uppercase + "234567", 14) + rng.choice("234567") + rng.choice("ABCXYZ")
    if kind == 1:
        return rng.choice(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]) + some(rng, ALNUM, 36)
    if kind == 2:
        return "github_pat_" + some(rng, ALNUM, 22) + "_" + some(rng, ALNUM, 59)
    if kind == 3:
        return "glpat-" + some(rng, ALNUM + "_-", 19) + rng.choice(ALNUM)
    if kind == 4:
        return rng.choice(["xoxb-", "xoxp-"]) + digits(rng, 12) + "-" + digits(rng, 12) + "-" + some(rng, ALNUM, 24)
    if kind == 5:
        return "AIza" + some(rng, ALNUM + "_-", 34) + rng.choice(ALNUM)
    if kind == 6:
        return rng.choice(["sk_live_", "rk_live_", "sk_test_"]) + some(rng, ALNUM, rng.choice([24, 99]))
    if kind == 7:
        return rng.choice(["sk-" + some(rng, ALNUM, 20) + "T3BlbkFJ" + some(rng, ALNUM, 20), "sk-proj-" + some(rng, ALNUM + "_-", 74) + "T3BlbkFJ" + some(rng, ALNUM, 74)])
    if kind == 8:
        return "hf_" + some(rng, string.ascii_letters, 33) + rng.choice(string.ascii_letters)
    if kind == 9:
        return "npm_" + some(rng, ALNUM, 36)
    if kind == 10:
        return "pypi-AgEIcHlwaS5vcmc" + some(rng, ALNUM + "_-", 150) + "A"
    if kind == 11:
        header = base64url(json.dumps({"alg": rng.choice(["HS256", "RS256"]), "typ": "JWT"}).encode())
        payload = base64url(json.dumps({"sub": digits(rng, 10), "name": rng.choice(NAMES), "iat": rng.randint(1500000000, 1700000000)}).encode())
        return f"{header}.{payload}.{base64url(rng.randbytes(32))}"
    if kind == 12:
        label = rng.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
        body = base64.b64encode(rng.randbytes(rng.choice([120, 600, 1190]))).decode()
        lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
        return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"
    if kind == 13:
        return "SG." + some(rng, ALNUM + "_-", 21) + "a." + some(rng, ALNUM + "_-", 42) + "Z"
    if kind == 14:
        return rng.choice(["dop_v1_", "doo_v1_"]) + some(rng, HEX, 64)
    if kind == 15:
        return rng.choice(["shpat_", "shpss_"]) + some(rng, HEX, 32)
    if kind == 16:
        return "SK" + some(rng, HEX, 32)
    if kind == 17:
        return digits(rng, 10, "123456789") + ":AA" + some(rng, ALNUM + "_-", 32) + "k"
    if kind == 18:
        return "sk-ant-api03-" + some(rng, ALNUM + "_-", 93) + "AA"
    if kind == 19:
        return "rubygems_" + some(rng, HEX, 48)
    if kind == 20:
        return "hvs." + some(rng, ALNUM + "_-", 94) + "B"
    return "dapi" + some(rng, HEX, 32)


def make_coordinates(rng):
    lat, lon = rng.uniform(-85, 85), rng.choice([-1, 1]) * rng.uniform(11, 179)
    n = rng.randint(4, 7)
    if rng.random() < 0.6:
        return rng.choice([f"{lat:.{n}f}, {lon:.{n}f}", f"{lat:.{n}f},{lon:.{n}f}", f"{lat:.{n}f}; {lon:.{n}f}"])
    north, east = "NS"[lat < 0], "EW"[lon < 0]
    lat, lon = abs(lat), abs(lon)
    dms = lambda x: (int(x), int(x * 60) % 60, x * 3600 % 60)
    (a, b, c), (d, e, f) = dms(lat), dms(lon)
    return rng.choice([f"{a}°{b:02}′{c:02.0f}″{north} {d}°{e:02}′{f:02.0f}″{east}".replace("60″", "59″"), f"{a}°{b}'{min(c, 59):.1f}\"{north}, {d}°{e}'{min(f, 59):.1f}\"{east}",
                       f"{lat:.4f}° {north}, {lon:.4f}° {east}", f"{lat:.5f}°{north} {lon:.5f}°{east}", f"{north} {a}° {b + 0.123:.3f}' {east} {d}° {e + 0.456:.3f}'", f"{lat:.4f}{north}, {lon:.4f}{east}"])


MAKERS = {"email": make_email, "phone": make_phone, "phone_cue": make_phone_cue, "ipv4": make_ipv4, "ipv6": make_ipv6, "card": make_card, "iban": make_iban, "ssn": make_ssn,
          "ssn_cue": make_ssn_cue, "secret": make_secret, "coordinates": make_coordinates}


def not_luhn(rng):
    number = with_luhn("4" + digits(rng, 14))
    return number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)


def isbn13(rng):
    body = "978" + digits(rng, 9)
    check = -sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10
    n = body + str(check)
    return rng.choice([n, f"{n[:3]}-{n[3]}-{n[4:6]}-{n[6:12]}-{n[12]}", f"{n[:3]}-{n[3]}-{n[4:8]}-{n[8:12]}-{n[12]}", f"{n[:3]} {n[3]} {n[4:9]} {n[9:12]} {n[12]}"])


def wrong_iban(rng):
    iban = make_iban(rng)
    return iban[:2] + f"{(int(iban[2:4]) + rng.randint(1, 40)) % 97:02}" + iban[4:]


def negatives(rng):
    d = lambda n, first="123456789": digits(rng, n, first)
    y, mo, day, h, mi, s = rng.randint(1900, 2030), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)
    v = lambda top=20: rng.randint(0, top)
    private = rng.choice([f"10.{v(255)}.{v(255)}.{v(255)}", f"192.168.{v(255)}.{v(255)}", f"172.{rng.randint(16, 31)}.{v(255)}.{v(255)}", f"127.0.0.{v(255)}", f"169.254.{v(255)}.{v(255)}", f"100.{rng.randint(64, 127)}.{v(255)}.{v(255)}",
                          f"192.0.2.{v(255)}", f"198.51.100.{v(255)}", f"203.0.113.{v(255)}", f"255.255.{rng.choice([0, 128, 240, 255])}.0", f"224.0.0.{v(255)}", "0.0.0.0", "255.255.255.255"])
    return [
        f"On {day:02}.{mo:02}.{y} at {h:02}:{mi:02}", f"{y}-{mo:02}-{day:02} {h:02}:{mi:02}:{s:02}", f"{day:02}/{mo:02}/{y}", f"{mo:02}-{day:02}-{y}", f"{y}-{mo:02}-{day:02}T{h:02}:{mi:02}:{s:02}.{d(6)}+02:00",
        f"{y}{mo:02}{day:02}{h:02}{mi:02}{s:02}", f"{day:02}-{mo:02}-{y} {h:02}:{mi:02}", f"from {y} to {y + 3}", f"{y}-{y + 1}, {y + 2}-{y + 3}", f"{day:02}.{mo:02}.{y} - {day:02}.{mo:02}.{y + 1}",
        f"It costs ${d(1)},{d(3)}.{d(2)}", f"{d(3)}.{d(3)},{d(2)} €", f"{d(2)} {d(3)} {d(3)} people", f"a budget of {d(3)} {d(3)} {d(3)} zł", f"£{d(2)},{d(3)},{d(3)}", f"{d(3)}'{d(3)}'{d(3)} CHF", f"¥{d(9)}", f"1 {d(3)} {d(3)} {d(3)} roubles",
        f"version {v()}.{v()}.{v()}.{v()}", f"v{v(99)}.{v(99)}.{v(250)}.{v(250)}", f"Chrome/{v(120)}.0.{d(4)}.{v(200)}", f"Oracle {v()}.{v()}.0.{v()}", f"release {v(255)}.{v(255)}.{v(255)}.{v(255)}", f"foo-{v(99)}.{v(99)}.{v(99)}.{v(99)}.tar.gz",
        f"numpy=={v()}.{v()}.{v()}", f"{v()}.{v()}.{v()}-rc{v()}", f"firmware {v(255)}.{v(255)}.{v(255)}.{v(255)}", f"section {v()}.{v()}.{v()}.{v()}", f"see {v()}.{v()}.{v()}.{v()}", f"Build {d(5)}.{d(4)}",
        f"ISBN {isbn13(rng)}", f"ISBN: {isbn13(rng)}", f"({isbn13(rng)})", f"ISBN {d(1)}-{d(2)}-{d(6)}-{d(1)}", f"ISBN 0-{d(3)}-{d(5)}-{d(1)}", f"ISSN {d(4)}-{d(4)}", f"EAN 40{d(11)}", f"UPC 0{d(11)}", f"ASIN B0{some(rng, string.ascii_uppercase, 8)}",
        f"commit {some(rng, HEX, 40)}", f"md5 {some(rng, HEX, 32)}", f"sha256:{some(rng, HEX, 64)}", f"{some(rng, HEX, 8)}-{some(rng, HEX, 4)}-4{some(rng, HEX, 3)}-a{some(rng, HEX, 3)}-{some(rng, HEX, 12)}", f"fixed in {some(rng, HEX, 7)}",
        f"color: #{some(rng, HEX, 6)};", f"rgb({v(255)}, {v(255)}, {v(255)})", f"0x{some(rng, HEX, 8)}", ":".join(some(rng, HEX, 2) for _ in range(6)), ":".join(some(rng, HEX, 2) for _ in range(16)),
        f"Order no. {d(3)}-{d(7)}-{d(7)}", f"order #{d(10)}", f"Invoice {d(8)}", f"Ticket ID {d(6)}", f"Bestellnummer {d(10)}", f"订单号 {d(12)}", f"tracking number 1Z{some(rng, ALNUM.upper(), 6)}{d(10)}", f"ref. 0{d(2)}-{d(4)}-{d(4)}", f"Order 0{d(2)}-{d(4)}-{d(4)}",
        f"listen on {private}", f"ping {private}", f"http://{private}:8080/", f"IP {private}", f"{private}/24", f"netmask {private}",
        f"fe80::{some(rng, HEX, 4)}:{some(rng, '123456789abcdef', 4)}", f"2001:db8::{some(rng, '123456789abcdef', 4)}", "::1", "ff02::1", f"fd{some(rng, HEX, 2)}:{some(rng, '123456789abcdef', 4)}::1", f"std::vector<int>::iterator it", f"a::b::c", f"{h:02}:{mi:02}:{s:02}", f"{h}:{mi:02}:{s:02}.{d(3)}", f"::before",
        f"card 4242 4242 4242 4242", f"test with 4111111111111111", "5555 5555 5555 4444 is a test card", "378282246310005", f"number {not_luhn(rng)}", f"account {not_luhn(rng)}", f"{d(16, '1789')}", f"id={d(18, '1')}", f"twitter.com/x/status/1{d(18)}", f"timestamp {d(13, '1')}", f"{d(16, '1')} µs",
        f"IBAN {wrong_iban(rng)}", f"GB{d(10)}", f"DE{d(9)} VAT", f"US{d(8)}B2 patent", f"MO{d(4)}{some(rng, string.ascii_uppercase, 4)}",
        f"SSN 000-{d(2)}-{d(4)}", f"SSN 666-{d(2)}-{d(4)}", f"{d(3, '9')}-{d(2)}-{d(4)}", f"{d(3)}-00-{d(4)}", "078-05-1120", f"CAS {d(4)}-{d(2)}-{d(1)}", f"part {d(3)}-{d(2)}-{d(4)}", f"{d(3)}-{d(2)}-{d(4)}-{d(2)}", f"model {d(3)}-{d(2)}-{d(4)}",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AKIAIOSFODNN7EXAMPLE", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_YOUR_TOKEN_HERE_PLEASE_REPLACE_ME", "export GITHUB_TOKEN=ghp_...", "sk_live_...", "xoxb-your-token", "-----BEGIN CERTIFICATE-----\n" + some(rng, ALNUM, 64) + "\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ" + some(rng, ALNUM + "+/", 300), f"npm_config_{some(rng, LOWER, 30)}", f"sk-learn-contrib-{some(rng, LOWER, 30)}", f"key-{some(rng, LOWER, 12)}-{some(rng, LOWER, 12)}", "data:image/png;base64," + some(rng, ALNUM, 120),
        "ghp_" + some(rng, ALNUM, 20), "AIza" + some(rng, ALNUM, 20), f"hf_{some(rng, LOWER, 12)}_model",
        f"values 0.{d(4)}, 0.{d(4)}", f"[0.{d(5)}, 0.{d(5)}, 0.{d(5)}]", f"[{d(2)}.{d(4)}, {d(2)}.{d(4)}, {d(2)}.{d(4)}]", f"M{d(2)}.{d(4)},{d(2)}.{d(4)}L{d(2)}.{d(4)},{d(2)}.{d(4)}", f"{d(3)}.{d(4)} {d(2)}.{d(4)}", f"turn by 45°30′", f"at 20°C", f"π = 3.14159, e = 2.71828", f"mean 12.{d(4)} sd 3.{d(4)}", f"p = 0.{d(4)}; r = 0.{d(4)}",
        f"user@example.com", f"admin@example.org", "foo@bar", "git@github.com:user/repo.git", f"lodash@{v()}.{v()}.{v()}", "icon@2x.png", "@Override", "@media (max-width: 600px)", "twitter @somebody", "a@b", "f(x)@y.length", "user@localhost", "me@test.invalid", "postgres://user:secret@db.internal.company.com/app", "image@sha256:" + some(rng, HEX, 64), "meet @ 5.30 pm",
        f"555-0{d(3)}"[:8], "(212) 555-0147", f"pp. {d(3)}-{d(3)}", f"{d(2)} {d(2)} {d(2)}", "01 02 03 04 05 06", f"+{d(2)}%", f"{d(1)}-{d(1)}-{d(1)}", f"1{d(2)} 000 000", f"{d(4)} {d(4)} {d(4)} {d(4)} {d(4)}", f"{d(4)}-{d(4)}-{d(4)}", f"{d(10)}", f"{d(7)}", f"{d(3)}-{d(4)}", f"x = {d(5)} + {d(6)}", f"x+{d(10)}", f"arXiv:{d(4)}.{d(5)}",
        f"doi:10.{d(4)}/{d(6)}.{d(4)}.{d(4)}", f"RFC {d(4)}", f"ZIP {d(5)}-{d(4)}", f"{d(5)}-{d(4)}", f"{d(3)}x{d(3)}", f"{d(4)}x{d(4)}px", f"Psalm 119:{v(99)}-{v(99)}", f"score 3-2, 1-0, 2-2", f"{d(3)} {d(3)} {d(3)} km", f"line {d(4)}: error {d(5)}", f"PMID: {d(8)}", f"ORCID 0000-000{d(1)}-{d(4)}-{d(4)}", f"UTC+0{d(1)}:30", f"{d(9)} bytes",
        f"| {d(3)} | {d(4)} | {d(5)} | {d(6)} |", f"{d(3)}, {d(4)}, {d(5)}, {d(6)}, {d(7)}", f"-rw-r--r-- 1 root {d(8)} Oct {day} {h:02}:{mi:02}", f"bug {d(7)}", f"KB{d(7)}", f"A4 210 x 297", f"1.{d(3)}.{d(3)}", f"2^{d(2)} = {d(12)}",
    ]


def place(rng, kind, frame, item, lines):
    before, after = frame.split("{}", 1)
    first, last = rng.choice(FILLER), rng.choice(FILLER)
    head = (first + " " if first else "") + before
    text = head + item + after + (" " + last if last else "")
    begin = len(head.encode())
    lines.append({"text": text, "items": [{"kind": kind, "begin": begin, "end": begin + len(item.encode())}]})


def make(seed, per_kind):
    rng = random.Random(seed)
    lines = []
    for kind, maker in MAKERS.items():
        for i in range(per_kind // 4 if kind.endswith("_cue") else per_kind):
            place(rng, kind.removesuffix("_cue"), FRAMES[kind][i % len(FRAMES[kind])], maker(rng), lines)
    for _ in range(per_kind // 10):
        for text in negatives(rng):
            first, last = rng.choice(FILLER), rng.choice(FILLER)
            lines.append({"text": f"{first} {text} {last}".strip(), "items": []})
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-kind", type=int, default=1000, metavar="N", help="sentences with an item of each kind (1000)")
    arguments = parser.parse_args()
    for line in make(arguments.seed, arguments.per_kind):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

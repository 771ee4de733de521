"""How people point from a period to an earlier one: "the 30 before", "the one that preceded it"."""

from __future__ import annotations

from gtm.language.dates import NUMBER
from gtm.language.timeline import P, sign

UNIT = r"(?:days?|weeks?|fortnights?|months?|quarters?|years?)"
COMPARE_WORD = (
    r"(?:compar(?:e|es|ed|ing|ison)|stack(?:s|ed|ing)?(?: up)?|measured?|benchmark(?:ed)?)"
)
# "For contrast" sets what follows against what was said.
_CONTRAST = (
    r"(?:as |by way of |for (?:the sake of |purposes of |purpose of )?|in )(?:an? |the |some )?"
    r"(?:contrast|comparison|reference|benchmark|baseline|yardstick|counterpoint|perspective)"
)
_BESIDE = r"(?:next to|beside|alongside|side by side with)"
VERSUS = (
    r"(?:vs|versus|(?:set |put |held |holding |setting |as |weighed |pitted )?against|than"
    r"|relative to|as opposed to|(?:with |in )?respect (?:to|of)"
    r"|vis a vis|in relation to"
    rf"|(?:and |but |plus )?{_CONTRAST}(?: (?:to|with|sake))?(?: also| too)?"
    rf"|(?:set |put |shown? )?{_BESIDE}|in comparison|contrast(?:ed|ing)? (?:to|with)"
    rf"|{COMPARE_WORD}(?: it| that| this| them)?(?: back)? (?:to|with|against)"
    r"|(?:(?:up|down) or )?(?:up|down) (?:on|from|over)|beat(?:s|ing)?|outperform(?:s|ed|ing)?)"
)
IN = (
    r"(?:(?:the|in|for|of|at|from|during|that of|those of|what (?:it|they) (?:was|were)|it was"
    r"|we had|that for|those for|what we (?:had|did|saw|got|made|took)|how it was"
    r"|where (?:we|it|they|things) (?:was|were|stood|ended up)"
    r"|the (?:figures?|numbers?|values?|results?|level|total) (?:of|for|from|in)) )*"
)
_ONE = (
    r"period|timeframe|one|stretch|range|same period|days|dates|window|interval|span|spell"
    r"|same (?:number|amount|count) of (?:days|weeks|months|quarters|years)|same (?:length|number)"
    r"|same (?:length|amount|stretch|span) of time|equal(?:ly long)? (?:period|stretch|span|number"
    r" of (?:days|weeks|months))|same (?:stretch|span|window|again|many)|as many (?:days|weeks"
    r"|months|quarters|years)?|(?:period|stretch) of (?:the )?(?:same|equal) length|like period"
)
_WHICH = r"(?:(?:that|which) (?:had |has |have )?)"
_GONE = r"(?:came|comes|went|goes|was|were|lay|ran|fell|go|come|gone|happened)"
_BACK = (
    r"(?:(?:just|right|directly|immediately|shortly|straight) )?"
    rf"(?:{_WHICH}(?:(?:directly|immediately) )?preced(?:e[ds]?|ing)"
    rf"|(?:{_WHICH}{_GONE} )?(?:(?:just|right|directly|immediately) )?"
    r"(?:before(?:hand)?|prior|earlier|previous(?:ly)?|preceding|leading up)(?: to)?)"
    r"(?: (?:that one|this one|that|this|it|them|then|those))?"
)
_FORMER = r"(?:previous|prior|preceding|earlier|last|foregoing)"
BEFORE = (
    rf"{IN}{_FORMER}(?: (?P<count>{NUMBER}))? (?P<unit>{_ONE}|{UNIT})"
    rf"|{IN}(?:an? )?(?:(?P<count2>{NUMBER}) )?(?P<earlier>{_ONE}|{UNIT}) {_BACK}"
)
# "Against the 30 before": as many of what the period is made of.
AS_MANY_BEFORE = (
    rf"(?:{VERSUS} {IN}|(?:to|with|and|over|on) {IN}(?:the|those) )"
    rf"(?:{_FORMER} (?P<bare>\d{{1,3}})|(?P<bare2>\d{{1,3}}) {_BACK})"
)
# "The same nine months of the year before".
_SO_MANY = rf"(?:{NUMBER}|few) (?:days|weeks|months|quarters)"
SAME = (
    r"(?:(?:this|that) (?:very )?(?:time|point|stage)|(?:exact )?same (?:period|times?|stretch"
    r"|days?|dates?|point|weeks?|months?|quarters?|part|span|window|range|timeframe|one|stage"
    r"|moment|weekday|calendar (?:month|quarter|week)"
    rf"|{_SO_MANY}))"
)
_LAST_YEAR = (
    rf"(?:{sign('year')}|{sign('yearago')}"
    r"|(?:the )?(?:year before|(?:a |one )?year (?:ago|earlier|before|prior|back)))"
)
# "Against the whole of last month", however far the present one is.
IN_FULL = r"(?:(?:the )?(?:whole|entire|full|complete|entirety)(?: of)?|all of)"
SAME_YEAR_AGO = (
    rf"(?:{IN}{SAME}(?: (?:of|in|from|as|1|one|a))? (?:the )?{_LAST_YEAR}"
    rf"|{IN}{_LAST_YEAR} (?:at |by )?{IN}(?:{SAME}|(?:this|that) (?:point|stage|time|date))"
    rf"|(?:(?:at|by) )?(?:this|that) (?:time|point|stage|date) {_LAST_YEAR}|sply)"
)
YEAR_AGO = (
    rf"(?:(?:a|one) year (?:earlier|before|prior)|12 months (?:earlier|before|prior)"
    rf"|{sign('yearago')}|year ago(?: (?:period|week|month|quarter|half))?)"
)
SAME_AGO = (
    rf"{IN}{SAME}(?: (?:of|in|from|as))? (?:the )?(?:(?P<p>{P})|(?:an? |one )?"
    r"(?P<shifted>week|month|quarter) (?:earlier|before|prior|previous))"
)
# "… in October; how was it in September?" asks for the same number again.
RESUMED = (
    r"(?:(?:and|but|then) )?(?:(?:how|what) (?:about|(?:was|is|were|are|did|does|do|has|have|had)"
    r"(?: (?:it|that|they|we|things))?(?: (?:look|looks|looked|do|go|fare|run|been|like|stand|have"
    r"|get|see|make))*)|(?:the )?(?:same|ditto)(?: (?:thing|again|numbers?|figures?|question))*"
    r"|(?:how|what) (?:it|that|they|we|things) (?:was|were|is|are|did|had|looked|stood|went)"
    r"|how (?:many|much)(?: (?:was|were|did) (?:it|there|we|that)"
    r"(?: (?:have|get|see|make))?)?)"
)

"""Table of the terms that this project does not use, each with the word to write instead."""

from typing import NamedTuple


class Term(NamedTuple):
    """A forbidden term, the word to write instead, and where it is forbidden.

    `prose` is searched in sentences, and `names` in the words of an identifier: `start_climb` is
    "start climb", `HeldBy` is "held by". `whole_name` is compared with the whole identifier, upper
    and lower case distinguished. An empty pattern matches nothing.
    """

    term: str
    instead: str
    prose: str = ""
    names: str = ""
    whole_name: str = ""


def _both(term: str, instead: str, pattern: str) -> Term:
    return Term(term, instead, prose=pattern, names=pattern)


def _prose(term: str, instead: str, pattern: str) -> Term:
    return Term(term, instead, prose=pattern)


def _name(term: str, instead: str, pattern: str) -> Term:
    return Term(term, instead, names=pattern)


def _whole_name(term: str, instead: str) -> Term:
    return Term(f"`{term}`", instead, whole_name=rf"{term}")


# Patterns match whole words, whatever their case. What follows `(?!` is legitimate English.
TERMS = (
    # Verbs and nouns that have a word of the field.
    _both("burn", "fire, firing", r"burn(s|ed|t|ing)?(?! rate)"),
    _both("tell", "notify, notified, say", r"((un)?told|tell(s|ing)?)(?! (\S+ ){0,5}apart)"),
    _both("hear", "receive, be notified", r"hear(s|d|ing)?"),
    _both("hush", "suppress, silence, mute", r"hush\w*"),
    _both("owe", "pending", r"ow(e|es|ed|ing)(?! to)"),
    _both("mind", "drop, consider", r"mind(s|ed|ing)?"),
    _both("doubt", "warn, warning; invalidate", r"doubt(s|ed|ful|ing)?"),
    _both("whoever", "anyone who, the person who", r"whoever|whomever"),
    _both("whatever", "anything that, every", r"whatever"),
    _both("who has it", "acknowledged by", r"(who|somebody|someone|nobody) has (it|them)"),
    _both(
        "look",
        "read, evaluate, check",
        r"look(s|ed|ing)?(?!-ups?\b| ahead\b| (it |them )?(up|like)\b)",
    ),
    _both("door", "endpoint, entry point", r"doors?"),
    _both("life", "duration, lifetime", r"(?<!-)(?<!the )(life|lives|lived|living)"),
    _both("climb", "escalate, escalation", r"climb(s|ed|ing)?"),
    _both("errand", "claimed notice", r"errands?"),
    _both("courier", "sender", r"couriers?"),
    _both("lane", "queue", r"lanes?"),
    _both("janitor", "retention", r"janitors?"),
    _both("upkeep", "housekeeping", r"upkeep"),
    _both("stand-in", "placeholder", r"stand[- ]?ins?"),
    _both("audience", "recipients", r"audiences?"),
    _prose("place", "target, position", r"(?<!in )places?(?! of\b)"),
    _prose("way", "route, path", r"((its|alert's|the) ways? (of an alert|through)|way to it)"),
    # Phrases that read like a translation.
    _prose("for (because)", "because", r"(?<=[,;:] )for (it|they|he|she|there|nobody|this is)"),
    _prose("as far as", "where, up to", r"as far as"),
    _prose("of which", "whose, its", r"(?<!notified )of (which|whom)"),
    _prose(
        "is none",
        "is not one, is invalid",
        r"(?<!there )(is|are|was|were) (?-i:none)(?! of| or| else| and| %}| }}|`)",
    ),
    _prose("nobody be", "nobody is", r"(nobody|nothing|it|they) be (?!\w+ed to)"),
    _prose("long since", "long ago, past its retention", r"long since"),
    _prose("comes by", "uses, arrives through", r"(come|comes|came|coming) by"),
    _prose("taken for", "treated as", r"(take|takes|taken|taking) for (?!granted)"),
    _prose("dear", "expensive", r"dear(er|ly)?"),
    _prose("code learns", "returns, stores, receives", r"learn(s|t|ed)"),
    _prose("code wants", "needs, expects, requires", r"(?<!who )wants"),
    # Words that are common in prose and say nothing in a name.
    _name("way", "route, path, method", r"ways?"),
    _name("place", "target, position", r"plac(e|es|ed|ing)(?! ?holder)"),
    _name("crowd", "digest candidates", r"crowds?"),
    _name("letters", "raw hash", r"(?<!dead )letters"),
    _name("familiar", "cached", r"familiar"),
    _name("memory", "repost cache", r"(re-?post |alert )memory"),
    _name("left out", "omitted", r"left out|leave out"),
    _name("why not", "suppression", r"why not"),
    _name("keep quiet", "suppress", r"keep quiet|kept quiet"),
    _name("hand", "enqueue, transfer", r"hand(s|ed|ing)?"),
    _name("room", "capacity", r"(?<![\w ])rooms?(?![\w ])"),
    _name("recall", "withdraw", r"recall(s|ed)?"),
    _name("visit", "signed link", r"visits|visitors?|visit$"),
    _name("nowhere", "not found", r"nowhere"),
    _name("no answer", "connection error", r"no answer"),
    _name("standing", "explanation", r"standing"),
    _name("concerned", "matched by", r"concerned|concerns"),
    _name("prove", "verify, equivalence", r"proves?|proving"),
    _name("desk", "receiver context", r"desk"),
    _name("anew", "again", r"anew"),
    # Names that are participles, questions, or mean nothing without their context.
    *(
        _whole_name(term, instead)
        for term, instead in (
            ("said", "error_text, summary"),
            ("say", "text, message"),
            ("says", "text, message"),
            ("found", "matches, row, result"),
            ("given", "config_value, argument"),
            ("kept", "remaining, stored"),
            ("wanted", "expected"),
            ("asked", "requested"),
            ("Look", "Evaluation"),
            ("Hush", "MuteSnapshot"),
            ("Found", "ResolvedTargets"),
            ("Given", "ParsedValue"),
            ("Wrong", "ParseError"),
            ("Spot", "SourcePosition"),
            ("Seen", "StoredIncident"),
            ("Mark", "Banner"),
            ("Picture", "IncidentView"),
            ("Looking", "Pages"),
            ("Known", "CachedAlert"),
            ("Incoming", "ReportedAlert"),
            ("Unread", "RawRepost"),
            ("Move", "QueueStep"),
            ("Way", "RoutingResult"),
            ("Stop", "GroupTarget, CliError"),
            ("Among", "InList"),
        )
    ),
)

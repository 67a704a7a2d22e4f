"""URLs of services in the form of the library Apprise: `tgram://TOKEN/CHAT`. Pure.

Each is a secret. Only schemes are allowed whose messages leave by HTTP, so that the gateway's own
client carries them: with its deadlines, its proxy and its check of private addresses. Those that
act on the machine itself, open other connections, or read files are refused.
"""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from gateway.core.text.nearest import nearest

_SCHEMES = """
    46elks acs apprise apprises atalk awswhatsapp azure bale bark barks betterstack bluesky
    brevo bsky bulksms bulkvs burstsms chanify clickatell clicksend cliq cm d7sms dapnet
    dingtalk discord dot eight00com elks emby embys enigma2 enigma2s evolution evolutions exotel
    feishu firehydrant flock flowtriq flowtriqs fluxer fluxers form forms freemobile gchat
    github goalert goalerts gorush gorushs gotify gotifys groundmail groupme gupshup hassio
    hassios httpsms humhub humhubs ifttt ilert incidentio infobip instagram jira join json jsons
    kakao kakaotalk kaleyra kavenegar klr kodi kodis kook kudosity kumulos lametric lametrics
    lark lauther lfg line mailersend mailgun mastodon mastodons matrix matrixs misskey misskeys
    mmost mmosts mobilemessage mobilemsg msg91 msgbird ncloud nclouds nctalk nctalks nexmo nostr
    notica noticas notifiarr notifico notificos notifyapp notifyre ntfy ntfys o365 octopush
    onebot onebots onesignal opsgenie opsimate opsimates pagerduty pagertree parsep parseps pbul
    pinglet pinglets pingram pjet pjets plivo postmark pover prowl psafer psafers push pushdeer
    pushdeers pushed pushme pushplus pushward pushy qq reddit resend revolt ringc rocket rockets
    ryver schan sendgrid sendpulse serwersms ses session sessions seven sfr signal signalgrid
    signals signl4 simplepush sinch slack smsc smseagle smseagles smsmanager smsmgr smstunnel
    smtp2go sns sogs sparkpost spike splunk spugpush spush squadcast stackfield strmlabs
    synology synologys telesign telnyx tgram threema toot toots trigv trigvs tweet twilio twist
    twitter viber victorops voipms vonage webex wechat wecom wecombot whapi whatsapp workflow
    workflows wpush wxpusher wxteams x xbmc xbmcs xmatters xml xmls youlmk zalo zcliq zohocliq
    zoom zulip
"""
SCHEMES = frozenset(_SCHEMES.split())
"""Schemes of Apprise 2.3.0 whose services are reached by HTTP and which read no file."""

_REFUSED_KEYS = {
    "template": "it reads a file or another URL",
    "attach": "it reads a file or another URL",
    "config": "it reads a file or another URL",
    "retry": "the gateway itself tries again",
    "wait": "the gateway itself tries again",
    "verify": "certificates are always checked",
}
"""Keys after the "?" that are not allowed, with the reason."""

_FORM = re.compile(r"([a-z0-9]+)://(\S+)", re.IGNORECASE)
LONGEST = 2000
"""Characters of a URL of a service."""

MIN_SECRET_PART = 6
"""Characters of a part of a URL that counts as a secret: "chat" and "v2" do not."""


def service_url(text: str) -> str:
    """Return a URL of a service. Raises ValueError, without the URL, which is a secret."""
    match = _FORM.fullmatch(text)
    if match is None or len(text) > LONGEST:
        raise ValueError(
            "this is no URL of a service such as tgram://TOKEN/CHAT; apprise.md has examples"
        )
    scheme = match[1].lower()
    if scheme in ("http", "https"):
        raise ValueError(
            "write the service's own form, such as slack://… or workflows://…, or json:// or "
            "jsons:// for a server that takes JSON; apprise.md has examples"
        )
    if scheme not in SCHEMES:
        near = nearest(scheme, SCHEMES)
        hint = f"; did you mean {near}://?" if near else ""
        raise ValueError(f"{scheme}:// is not a service that is reached by HTTP{hint}")
    for key, _ in parse_qsl(match[2].partition("?")[2], keep_blank_values=True):
        if reason := _REFUSED_KEYS.get(key.lower()):
            raise ValueError(f"remove the key {key} from the URL: {reason}")
    return text


def secret_parts(url: str) -> list[str]:
    """Return the parts of a service's URL that may be secrets, as written and decoded.

    A vendor's answer may repeat any of them.
    """
    rest = url.partition("://")[2]
    parts = re.split(r"[/?&=#:@+,]", rest)
    values = {*parts, *map(unquote, parts)}
    return sorted((one for one in values if len(one) >= MIN_SECRET_PART), key=len, reverse=True)


def scheme_of(url: str) -> str:
    """Return the scheme of a service's URL, which says which service it is."""
    return urlsplit(url).scheme.lower()

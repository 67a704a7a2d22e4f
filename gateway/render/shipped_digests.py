"""The digests of the shipped templates. `make docs` writes them."""

from collections.abc import Mapping

DIGESTS: Mapping[str, str] = {
    "console/text.j2": "ef20e76bece7d59871b51e08a128df04ae690cbe7feaec74c3446ae45dba30dc",
    "email/html.j2": "929e5914eba0090b99dd14d850bb58ae889a8d4b4b4fa5b243ddbb6660b5016e",
    "email/subject.j2": "2120833558e40ef170d5c29ff63d618fd02f97ab1ebec1855be041a74a7b0a00",
    "email/text.j2": "7d4ea306353072148c18be5fbfc0d945ee33afd6ade7d0003f673818796552ff",
    "pagerduty/summary.j2": "e70a37330539eff376714a7def48b39bdd3176326fcc2716a6da529d05905069",
    "shared/asked.j2": "4b49b8416e422218af8a2a788a23b04bdc7f446d5cd7408bc055f80eb03ee2d0",
    "shared/body.j2": "29317ec6d8b3bbf0ba775c5b0f7b2b08b6ff43559a55486d902ae3a057744702",
    "shared/foot.j2": "4cf568643412d7e27b8a49f854bc3ad174f46010e856fe13d0381f0a8c7a4e41",
    "shared/headline.j2": "f029b47ed22c032d7a7141230375c736de33794e90dbe65082a66c0d840bb6d2",
    "shared/tag.j2": "9c3e21ba95c59b0561a9889fa7b576f523eae70236c3ad2c752142640b5134fe",
    "shared/when.j2": "befb3f789013c44a1275fcc8d0cd9cf5b64a186cbf5bea8f1b52df9dc511cf79",
    "shared/why.j2": "6e05e42fe00d57c452f242943f153b1829ff80d6e2e284895143d6a5a1742dc5",
    "slack/text.j2": "7ec3b288115dd895b3cd77bebd3d1a12577d1790ea1a5f318e1b63b7df8afb23",
    "slack/thread.j2": "af913c9a48469d1a1ca45728e456971ebe7b4df61c12fddc9a49668bed5e6054",
    "slack/title.j2": "e0a6fd540837b67990f0340e946c3b82e39747abf0aa80ad621889a3712cc267",
}

"""The digests of the shipped templates. `make docs` writes them."""

from collections.abc import Mapping

DIGESTS: Mapping[str, str] = {
    "console/text.j2": "ef20e76bece7d59871b51e08a128df04ae690cbe7feaec74c3446ae45dba30dc",
    "email/html.j2": "929e5914eba0090b99dd14d850bb58ae889a8d4b4b4fa5b243ddbb6660b5016e",
    "email/subject.j2": "2120833558e40ef170d5c29ff63d618fd02f97ab1ebec1855be041a74a7b0a00",
    "email/text.j2": "7d4ea306353072148c18be5fbfc0d945ee33afd6ade7d0003f673818796552ff",
    "pagerduty/summary.j2": "e70a37330539eff376714a7def48b39bdd3176326fcc2716a6da529d05905069",
    "shared/asked.j2": "e27f28eb10a86ccedf633eab895ca27caf0988196c18dfd4f00a5a833e1bad1a",
    "shared/body.j2": "29317ec6d8b3bbf0ba775c5b0f7b2b08b6ff43559a55486d902ae3a057744702",
    "shared/foot.j2": "4cf568643412d7e27b8a49f854bc3ad174f46010e856fe13d0381f0a8c7a4e41",
    "shared/headline.j2": "f029b47ed22c032d7a7141230375c736de33794e90dbe65082a66c0d840bb6d2",
    "shared/tag.j2": "0e6dd69f3922777d38399661d18107ca08b37c1eab35f97d58e0775283193a05",
    "shared/when.j2": "befb3f789013c44a1275fcc8d0cd9cf5b64a186cbf5bea8f1b52df9dc511cf79",
    "shared/why.j2": "511355c40bc717299f213c726c851eb5ba31d905e9c66968d89d3e215764b8a9",
    "slack/text.j2": "7ec3b288115dd895b3cd77bebd3d1a12577d1790ea1a5f318e1b63b7df8afb23",
    "slack/thread.j2": "af913c9a48469d1a1ca45728e456971ebe7b4df61c12fddc9a49668bed5e6054",
    "slack/title.j2": "e0a6fd540837b67990f0340e946c3b82e39747abf0aa80ad621889a3712cc267",
}

"""The digests of the shipped templates. `make docs` writes them."""

from collections.abc import Mapping

DIGESTS: Mapping[str, str] = {
    "console/text.j2": "ef20e76bece7d59871b51e08a128df04ae690cbe7feaec74c3446ae45dba30dc",
    "console/text.shift.j2": "a7c4f8b4fb18561e459165807705d8fefd95b129c74f022934406d0886d7aef7",
    "email/html.j2": "929e5914eba0090b99dd14d850bb58ae889a8d4b4b4fa5b243ddbb6660b5016e",
    "email/html.shift.j2": "ed40ed7223fa93226b29e299c95e1dff629615d74875b0000dfad8d0ffbd7651",
    "email/subject.j2": "2120833558e40ef170d5c29ff63d618fd02f97ab1ebec1855be041a74a7b0a00",
    "email/subject.shift.j2": "b06bba72b6493b737160a787726a1ee056ed91f7fe95d90c026592bb8fa731ae",
    "email/text.j2": "7d4ea306353072148c18be5fbfc0d945ee33afd6ade7d0003f673818796552ff",
    "email/text.shift.j2": "ffa83224a9934d3a57389c048f352005651f22b98269257e576d46588ecb16c8",
    "pagerduty/summary.j2": "e70a37330539eff376714a7def48b39bdd3176326fcc2716a6da529d05905069",
    "shared/asked.j2": "e27f28eb10a86ccedf633eab895ca27caf0988196c18dfd4f00a5a833e1bad1a",
    "shared/body.j2": "29317ec6d8b3bbf0ba775c5b0f7b2b08b6ff43559a55486d902ae3a057744702",
    "shared/foot.j2": "4cf568643412d7e27b8a49f854bc3ad174f46010e856fe13d0381f0a8c7a4e41",
    "shared/headline.j2": "6efe36393257cf174b95932cad28b9bca7b965a8a27998565c258efce6ea13dd",
    "shared/shift.j2": "485eef350c9faeb21b729a9bd190dcfa5ab848226320cc586ec4349482e46b4f",
    "shared/shift_headline.j2": "5e85f22b70992503f77dd702a8818b380feb58e9a16efb66649f8e29a39b1403",
    "shared/tag.j2": "6a09bcfaf955f2152dfecdf903ef34158646e3471df266b4ff0465ab973625d5",
    "shared/when.j2": "935fb8232e6134fef06fd9c6cd2668a7b657840afcb0aa51360e18c71358893b",
    "shared/why.j2": "2a7f89c90aa209642db81182658370ce8ed5506322baaa452e3dc6af19b3e322",
    "slack/text.j2": "7ec3b288115dd895b3cd77bebd3d1a12577d1790ea1a5f318e1b63b7df8afb23",
    "slack/text.shift.j2": "1502bf8feca7ab50981f2691a62a735663a0d457ac5a299d4c96bbc12006c9d0",
    "slack/thread.j2": "af913c9a48469d1a1ca45728e456971ebe7b4df61c12fddc9a49668bed5e6054",
    "slack/thread.shift.j2": "9b06226e9b02bd7586d5023f3a88a25b97179370e284d86cb41be16d4a1144c5",
    "slack/title.j2": "e0a6fd540837b67990f0340e946c3b82e39747abf0aa80ad621889a3712cc267",
    "slack/title.shift.j2": "36d031f9745fcf7bdea08f740af9ef4dbf3b0e79ca7c2d2fc7006b6d0946df0f",
}

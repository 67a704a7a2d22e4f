"""The digests of the shipped templates. `make docs` writes them."""

from collections.abc import Mapping

DIGESTS: Mapping[str, str] = {
    "console/text.j2": "ef20e76bece7d59871b51e08a128df04ae690cbe7feaec74c3446ae45dba30dc",
    "console/text.shift.j2": "a7c4f8b4fb18561e459165807705d8fefd95b129c74f022934406d0886d7aef7",
    "email/html.j2": "b8b3fad05d2c9c8ee7324277f5786a66ccf4d7ffa75be7c013022cb72d2ee0ce",
    "email/html.shift.j2": "ed40ed7223fa93226b29e299c95e1dff629615d74875b0000dfad8d0ffbd7651",
    "email/subject.j2": "2120833558e40ef170d5c29ff63d618fd02f97ab1ebec1855be041a74a7b0a00",
    "email/subject.shift.j2": "b06bba72b6493b737160a787726a1ee056ed91f7fe95d90c026592bb8fa731ae",
    "email/text.j2": "7d4ea306353072148c18be5fbfc0d945ee33afd6ade7d0003f673818796552ff",
    "email/text.shift.j2": "ffa83224a9934d3a57389c048f352005651f22b98269257e576d46588ecb16c8",
    "pagerduty/summary.j2": "e70a37330539eff376714a7def48b39bdd3176326fcc2716a6da529d05905069",
    "shared/asked.j2": "0a230f2d13d2c109d68edfd4865388894882860a53ce8bc22c2cc5097f049b66",
    "shared/body.j2": "9d2053dbe11e7a65bed00e47fb91e0a68f2c022250d27a1838d2ff7bb919f4d4",
    "shared/foot.j2": "4cf568643412d7e27b8a49f854bc3ad174f46010e856fe13d0381f0a8c7a4e41",
    "shared/headline.j2": "6efe36393257cf174b95932cad28b9bca7b965a8a27998565c258efce6ea13dd",
    "shared/shift.j2": "249121021ea17d6dce4024f269046f2302c255cc69cb566627c85e33f7b043c5",
    "shared/shift_headline.j2": "5e85f22b70992503f77dd702a8818b380feb58e9a16efb66649f8e29a39b1403",
    "shared/tag.j2": "734cce468defd7dc372a2a8a00845e13a4c47cac5dc42d378943ec8a9cf97a46",
    "shared/when.j2": "539421a28741cade33a7e9f60b1b64c1a0c2b1d6345b834676d367105fd4c3bf",
    "shared/why.j2": "856f85260baa93fb15fa6498a353acc188b38d28305aa8b08f43dfbd56768597",
    "slack/text.j2": "e7c5800ff8cc5798fc53dbf931f87b03cacbe14c197aa3225246f6ae2a42c1f4",
    "slack/text.shift.j2": "1502bf8feca7ab50981f2691a62a735663a0d457ac5a299d4c96bbc12006c9d0",
    "slack/thread.j2": "af913c9a48469d1a1ca45728e456971ebe7b4df61c12fddc9a49668bed5e6054",
    "slack/thread.shift.j2": "9b06226e9b02bd7586d5023f3a88a25b97179370e284d86cb41be16d4a1144c5",
    "slack/title.j2": "e0a6fd540837b67990f0340e946c3b82e39747abf0aa80ad621889a3712cc267",
    "slack/title.shift.j2": "36d031f9745fcf7bdea08f740af9ef4dbf3b0e79ca7c2d2fc7006b6d0946df0f",
}

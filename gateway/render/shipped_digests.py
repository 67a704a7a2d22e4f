"""The digests of the shipped templates. `make docs` writes them."""

from collections.abc import Mapping

DIGESTS: Mapping[str, str] = {
    "console/text.j2": "ef20e76bece7d59871b51e08a128df04ae690cbe7feaec74c3446ae45dba30dc",
    "email/html.j2": "f6b00fb32d8143b19128cea9ab89bacec346c9568e798c0b4a293c8ecfa1b8cd",
    "email/subject.j2": "2120833558e40ef170d5c29ff63d618fd02f97ab1ebec1855be041a74a7b0a00",
    "email/text.j2": "7d4ea306353072148c18be5fbfc0d945ee33afd6ade7d0003f673818796552ff",
    "pagerduty/summary.j2": "e70a37330539eff376714a7def48b39bdd3176326fcc2716a6da529d05905069",
    "shared/asked.j2": "7e25d4194790cffd6b98957aa8fd95b52b8b882b2f486de9103568d875c8921d",
    "shared/body.j2": "cfe03c2d9e8b41f74c1fc1c7522dcddfeafa3b8b27a75a78307db5454e8e4a75",
    "shared/foot.j2": "4cf568643412d7e27b8a49f854bc3ad174f46010e856fe13d0381f0a8c7a4e41",
    "shared/headline.j2": "8664b646673d4fcc002a3f64693a4889f3583932da31e76ec07d3c3447874d55",
    "shared/tag.j2": "67f00f430689d061a78cad9f29e134f8bad0f69527464f697ffa694a597f07af",
    "shared/when.j2": "befb3f789013c44a1275fcc8d0cd9cf5b64a186cbf5bea8f1b52df9dc511cf79",
    "shared/why.j2": "ceef70141cb0ea08d0d8d7486cd1ced45b9b8ce8726107d12d585e3d539a3047",
    "slack/text.j2": "cf9968786d604ee4bcc181ba0be14eb2890a2b866fd7dd7b10f033acc4b32848",
    "slack/thread.j2": "c92a9695f848e65e77a25e11a0b62d7386d6fe8eaa1186e82bf56203ec388d9d",
    "slack/title.j2": "a82d617f00e1b494b4b8427ab3a6e864623391dd16c45ffaac6992b7c1a28395",
}

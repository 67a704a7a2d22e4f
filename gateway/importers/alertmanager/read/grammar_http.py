"""The grammar of `http_config` and `tls_config`, and Alertmanager's checks on it."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.sections import Section
from gateway.config.source.problem import Findings
from gateway.importers.alertmanager.read.rules import Rules, check_rules
from gateway.importers.alertmanager.read.values import ANY, FLAG, SECRET, STRING, TEXTS, fields

TLS_CONFIG = Section(
    "tls_config",
    "How TLS is spoken.",
    fields(
        ca=STRING,
        cert=STRING,
        key=SECRET,
        ca_file=STRING,
        cert_file=STRING,
        key_file=STRING,
        ca_ref=STRING,
        cert_ref=STRING,
        key_ref=STRING,
        server_name=STRING,
        insecure_skip_verify=FLAG,
        min_version=STRING,
        max_version=STRING,
    ),
)

_BASIC_AUTH = Section(
    "basic_auth",
    "A name and a password.",
    fields(
        username=STRING,
        username_file=STRING,
        username_ref=STRING,
        password=SECRET,
        password_file=STRING,
        password_ref=STRING,
    ),
)

_AUTHORIZATION = Section(
    "authorization",
    "Credentials of another kind.",
    fields(type=STRING, credentials=SECRET, credentials_file=STRING, credentials_ref=STRING),
)

_OAUTH2 = Section(
    "oauth2",
    "Where a token is fetched.",
    fields(
        client_id=STRING,
        client_secret=SECRET,
        client_secret_file=STRING,
        client_secret_ref=STRING,
        scopes=ANY,
        token_url=STRING,
        endpoint_params=TEXTS,
        tls_config=TLS_CONFIG,
        proxy_url=SECRET,
        no_proxy=STRING,
        proxy_from_environment=FLAG,
        proxy_connect_header=ANY,
    ),
)

HTTP_CONFIG = Section(
    "http_config",
    "How a receiver's HTTP requests are made.",
    fields(
        basic_auth=_BASIC_AUTH,
        authorization=_AUTHORIZATION,
        oauth2=_OAUTH2,
        bearer_token=SECRET,
        bearer_token_file=STRING,
        tls_config=TLS_CONFIG,
        follow_redirects=FLAG,
        enable_http2=FLAG,
        proxy_url=SECRET,  # it may hold a password
        no_proxy=STRING,
        proxy_from_environment=FLAG,
        proxy_connect_header=ANY,
        http_headers=ANY,
    ),
)

_RULES = Rules(
    at_most=(
        ("bearer_token", "bearer_token_file"),
        ("basic_auth", "oauth2", "authorization"),
        ("basic_auth", "bearer_token"),
        ("basic_auth", "bearer_token_file"),
        ("oauth2", "bearer_token"),
        ("oauth2", "bearer_token_file"),
        ("authorization", "bearer_token"),
        ("authorization", "bearer_token_file"),
    )
)
_INNER = {
    "basic_auth": Rules(
        at_most=(
            ("username", "username_file", "username_ref"),
            ("password", "password_file", "password_ref"),
        )
    ),
    "authorization": Rules(at_most=(("credentials", "credentials_file", "credentials_ref"),)),
    "oauth2": Rules(
        needs=(("client_id",), ("token_url",)),
        at_most=(("client_secret", "client_secret_file", "client_secret_ref"),),
    ),
    "tls_config": Rules(
        at_most=(
            ("ca", "ca_file", "ca_ref"),
            ("cert", "cert_file", "cert_ref"),
            ("key", "key_file", "key_ref"),
        )
    ),
}


def check_http(config: ParsedSection | None, findings: Findings) -> None:
    """Note what Alertmanager refuses in an `http_config`.

    See its `HTTPClientConfig.Validate`.
    """
    if config is None:
        return
    check_rules(_RULES, config, findings)
    for key, rules in _INNER.items():
        inner: ParsedSection | None = config.get(key)
        if inner is not None:
            check_rules(rules, inner, findings)
    authorization: ParsedSection | None = config.get("authorization")
    if authorization is not None and authorization.get("type", "").strip().lower() == "basic":
        message = 'type: "basic" is written as basic_auth: {username, password}'
        findings.error(authorization.position_of("type"), message)
    proxied = "proxy_url" in config
    if config.get("proxy_from_environment"):
        if proxied:
            message = "at most one of proxy_url and proxy_from_environment may be set"
            findings.error(config.position_of("proxy_from_environment"), message)
    elif not proxied:
        for key in ("no_proxy", "proxy_connect_header"):
            if config.get(key) or (key in config and key == "proxy_connect_header"):
                findings.error(config.position_of(key), f"{key}: there is no proxy_url")

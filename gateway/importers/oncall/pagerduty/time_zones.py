"""Names of time zones as PagerDuty writes them: IANA names, or those of Ruby on Rails."""

from gateway.core.time.wallclock import load_zone
from gateway.importers.oncall.read.json_value import Json

_AMERICA = {
    "Alaska": "Juneau", "Arizona": "Phoenix", "Atlantic Time (Canada)": "Halifax",
    "Bogota": "Bogota", "Brasilia": "Sao_Paulo", "Buenos Aires": "Argentina/Buenos_Aires",
    "Caracas": "Caracas", "Central America": "Guatemala",
    "Central Time (US & Canada)": "Chicago", "Chihuahua": "Chihuahua",
    "Eastern Time (US & Canada)": "New_York", "Georgetown": "Guyana", "Greenland": "Godthab",
    "Guadalajara": "Mexico_City", "Indiana (East)": "Indiana/Indianapolis", "La Paz": "La_Paz",
    "Lima": "Lima", "Mazatlan": "Mazatlan", "Mexico City": "Mexico_City",
    "Monterrey": "Monterrey", "Montevideo": "Montevideo",
    "Mountain Time (US & Canada)": "Denver", "Newfoundland": "St_Johns",
    "Pacific Time (US & Canada)": "Los_Angeles", "Puerto Rico": "Puerto_Rico",
    "Quito": "Lima", "Santiago": "Santiago", "Saskatchewan": "Regina", "Tijuana": "Tijuana",
}  # fmt: skip
_EUROPE = {
    "Amsterdam": "Amsterdam", "Athens": "Athens", "Belgrade": "Belgrade", "Berlin": "Berlin",
    "Bern": "Zurich", "Bratislava": "Bratislava", "Brussels": "Brussels",
    "Bucharest": "Bucharest", "Budapest": "Budapest", "Copenhagen": "Copenhagen",
    "Dublin": "Dublin", "Edinburgh": "London", "Helsinki": "Helsinki", "Istanbul": "Istanbul",
    "Kaliningrad": "Kaliningrad", "Kyiv": "Kiev", "Kyev": "Kiev", "Lisbon": "Lisbon",
    "Ljubljana": "Ljubljana", "London": "London", "Madrid": "Madrid", "Minsk": "Minsk",
    "Moscow": "Moscow", "Paris": "Paris", "Prague": "Prague", "Riga": "Riga", "Rome": "Rome",
    "Samara": "Samara", "Sarajevo": "Sarajevo", "Skopje": "Skopje", "Sofia": "Sofia",
    "St. Petersburg": "Moscow", "Stockholm": "Stockholm", "Tallinn": "Tallinn",
    "Vienna": "Vienna", "Vilnius": "Vilnius", "Volgograd": "Volgograd", "Warsaw": "Warsaw",
    "Zagreb": "Zagreb", "Zurich": "Zurich",
}  # fmt: skip
_ASIA = {
    "Abu Dhabi": "Muscat", "Almaty": "Almaty", "Astana": "Almaty", "Baghdad": "Baghdad",
    "Baku": "Baku", "Bangkok": "Bangkok", "Beijing": "Shanghai", "Chennai": "Kolkata",
    "Chongqing": "Chongqing", "Dhaka": "Dhaka", "Ekaterinburg": "Yekaterinburg",
    "Hanoi": "Bangkok", "Hong Kong": "Hong_Kong", "Irkutsk": "Irkutsk", "Islamabad": "Karachi",
    "Jakarta": "Jakarta", "Jerusalem": "Jerusalem", "Kabul": "Kabul",
    "Kamchatka": "Kamchatka", "Karachi": "Karachi", "Kathmandu": "Kathmandu",
    "Kolkata": "Kolkata", "Krasnoyarsk": "Krasnoyarsk", "Kuala Lumpur": "Kuala_Lumpur",
    "Kuwait": "Kuwait", "Magadan": "Magadan", "Mumbai": "Kolkata", "Muscat": "Muscat",
    "New Delhi": "Kolkata", "Novosibirsk": "Novosibirsk", "Osaka": "Tokyo",
    "Rangoon": "Rangoon", "Riyadh": "Riyadh", "Sapporo": "Tokyo", "Seoul": "Seoul",
    "Singapore": "Singapore", "Srednekolymsk": "Srednekolymsk",
    "Sri Jayawardenepura": "Colombo", "Taipei": "Taipei", "Tashkent": "Tashkent",
    "Tbilisi": "Tbilisi", "Tehran": "Tehran", "Tokyo": "Tokyo", "Ulaanbaatar": "Ulaanbaatar",
    "Ulan Bator": "Ulaanbaatar", "Urumqi": "Urumqi", "Vladivostok": "Vladivostok",
    "Yakutsk": "Yakutsk", "Yerevan": "Yerevan",
}  # fmt: skip
_PACIFIC = {
    "American Samoa": "Pago_Pago", "Auckland": "Auckland", "Chatham Is.": "Chatham",
    "Fiji": "Fiji", "Guam": "Guam", "Hawaii": "Honolulu",
    "International Date Line West": "Midway", "Marshall Is.": "Majuro",
    "Midway Island": "Midway", "New Caledonia": "Noumea", "Nuku'alofa": "Tongatapu",
    "Port Moresby": "Port_Moresby", "Samoa": "Apia", "Solomon Is.": "Guadalcanal",
    "Tokelau Is.": "Fakaofo", "Wellington": "Auckland",
}  # fmt: skip
_AUSTRALIA = {
    "Adelaide": "Adelaide", "Brisbane": "Brisbane", "Canberra": "Canberra", "Darwin": "Darwin",
    "Hobart": "Hobart", "Melbourne": "Melbourne", "Perth": "Perth", "Sydney": "Sydney",
}  # fmt: skip
_AFRICA = {
    "Cairo": "Cairo", "Casablanca": "Casablanca", "Harare": "Harare",
    "Johannesburg": "Johannesburg", "Monrovia": "Monrovia", "Nairobi": "Nairobi",
    "Pretoria": "Johannesburg", "West Central Africa": "Algiers",
}  # fmt: skip
_ATLANTIC = {
    "Azores": "Azores", "Cape Verde Is.": "Cape_Verde", "Mid-Atlantic": "South_Georgia",
}  # fmt: skip

RAILS_ZONES = {
    name: f"{area}/{city}"
    for area, cities in (
        ("America", _AMERICA),
        ("Europe", _EUROPE),
        ("Asia", _ASIA),
        ("Pacific", _PACIFIC),
        ("Australia", _AUSTRALIA),
        ("Africa", _AFRICA),
        ("Atlantic", _ATLANTIC),
    )
    for name, city in cities.items()
}
"""IANA names by the names that Ruby on Rails gives to time zones."""


def read_zone(owner: Json, key: str = "time_zone") -> str:
    """Return the IANA name of a time zone. Raises ExportError for an unknown name."""
    name = owner.text(key, "UTC")
    known = RAILS_ZONES.get(name, name)
    try:
        load_zone(known)
    except ValueError as error:
        raise owner.at(key).error(str(error)) from None
    return known

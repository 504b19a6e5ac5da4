"""Where each service's pages are, and which of them a role is shown the way to. Access itself is checked by routes."""

Links = tuple[tuple[str, str], ...]

HOME = ("Accueil", "/")
INSTRUCTION = ("Instruction", "/instruction/")
WATCH = ("Veille", "/veille/")
MESSAGES = ("Messages", "/alertes/")

STRANGER: Links = (HOME, ("Déposer une candidature", "/candidatures/nouvelle"))
BY_ROLE: dict[str, Links] = {
    "staff": (HOME, ("Dossiers", "/dossiers"), ("Vagues", "/vagues"), INSTRUCTION, WATCH, MESSAGES),
    "partner": (HOME, INSTRUCTION),
    "expert": (HOME, INSTRUCTION),
}
LEGAL: Links = (
    ("Mentions légales", "/mentions-legales"),
    ("Données personnelles", "/donnees-personnelles"),
    ("Accessibilité\u202f: non conforme", "/accessibilite"),
)

"""Where each service's pages are, and which of them a role is shown the way to. Access itself is checked by routes."""

Links = tuple[tuple[str, str], ...]

HOME = ("Accueil", "/")
INSTRUCTION = ("Instruction", "/instruction/")
MARKS = ("Mes notes", "/instruction/mes-notes")
WATCH = ("Veille", "/veille/")
SORTING = ("Tri des financements", "/veille/tri")
MESSAGES = ("Messages", "/alertes/")

APPLY = ("Déposer une candidature", "/candidatures/nouvelle")

STRANGER: Links = (HOME, APPLY, ("Se connecter", "/connexion"))
BY_ROLE: dict[str, Links] = {
    "staff": (  # seven would not fit on one line; the name of the label leads home
        ("À faire", "/a-faire"),
        ("Dossiers", "/dossiers"),
        ("Vagues", "/vagues"),
        INSTRUCTION,
        WATCH,
        MESSAGES,
        ("Équipe", "/equipe"),
    ),
    "partner": (HOME, INSTRUCTION, MARKS, SORTING),
    "expert": (HOME, INSTRUCTION, MARKS),
    "applicant": (HOME, ("Mes dossiers", "/mes-dossiers"), APPLY),
    "ops": (HOME,),
}
LEGAL: Links = (
    ("Mentions légales", "/mentions-legales"),
    ("Données personnelles", "/donnees-personnelles"),
)
ACCESSIBILITY = "/accessibilite"
"""Its link says the state of conformity, as the law asks of every page."""

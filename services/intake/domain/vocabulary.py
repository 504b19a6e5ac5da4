"""Every code that a dossier keeps has one French wording, and the form offers exactly these codes."""

from collections.abc import Mapping
from types import MappingProxyType

LEGAL_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "commune": "Commune",
        "epci": "Intercommunalité (EPCI)",
        "syndicat_mixte": "Syndicat mixte ou pôle métropolitain",
        "departement": "Département",
        "region": "Région",
        "etablissement_public": "Établissement public",
        "universite": "Université ou établissement d’enseignement supérieur",
        "association": "Association",
        "entreprise": "Entreprise",
        "entreprise_sociale": "Entreprise sociale et solidaire",
        "societe_citoyenne": "Société citoyenne (SAS, SCIC)",
        "epl": "Entreprise publique locale (SEM, SPL)",
    }
)
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "idee": "Idée",
        "etude": "Étude",
        "montage": "Montage",
        "travaux": "Travaux",
        "exploitation": "Exploitation",
    }
)
NEED_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "investissement": "Investissement",
        "fonctionnement": "Fonctionnement",
        "ingenierie": "Ingénierie, études",
        "expertise": "Expertise, conseil",
        "communication": "Communication",
        "partenariat": "Partenariat",
    }
)
NEED_PRIORITIES: Mapping[str, str] = MappingProxyType({"1": "D’abord", "2": "Ensuite", "3": "Plus tard"})
PLAN_STATES: Mapping[str, str] = MappingProxyType(
    {"envisage": "Envisagé", "demande": "Demandé", "acquis": "Acquis", "refuse": "Refusé"}
)
OPINIONS: Mapping[str, str] = MappingProxyType(
    {
        "favorable": "Favorable",
        "favorable_avec_reserves": "Favorable avec réserves",
        "reserve": "Réservé",
    }
)
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "accuse_reception": "Accusé de réception",
        "preselection": "Annonce de la présélection",
        "non_retenue": "Réponse : candidature non retenue",
        "decision": "Annonce de la décision",
        "recu_hors_delai": "Accusé de réception hors délai",
        "correction_demandee": "Demande de correction",
        "message_recu": "Annonce d’un message de l’équipe",
        "message_du_porteur": "Annonce d’un message du porteur",
        "alerte_equipe": "Alerte à l’équipe",
        "digest": "Veille d’une personne de l’équipe",
        "appel_transmis": "Appel transmis au porteur",
        "rappel_echeance": "Rappel d’une échéance",
        "veille_partenaires": "Veille des partenaires",
        "source_degradee": "Alerte sur une source",
        "connexion": "Lien de connexion",
        "invitation": "Invitation",
        "rappel_notes": "Rappel à un juré",
        "effacement_annonce": "Annonce d’un effacement",
        "effacement_fait": "Rapport d’effacement",
    }
)

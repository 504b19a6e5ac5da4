"""What a text is about: its words folded and stemmed, without those that say nothing of the subject.

The rule kept here: the same subject gives the same stems, however it is spelt (accents, ligatures, plurals,
apostrophes), and every stem remembers the word as it was written, which is what people are shown.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from funding_watch.domain.lexicon import PHRASES

SHORTEST = 3
KEPT_TEXTS = 8_192
"""Analysed texts kept in memory; about 2 kB each."""

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'"})

FRENCH_STOP = """
ainsi alors apres aucun aussi autre autres aux avant avec avoir bien car cas ce ceci cela celle celles celui
cependant ces cet cette ceux chaque chez comme comment compte contre dans deja depuis des dont donc elle elles
encore entre est etaient etait etant ete etre eux fait faire font hors ici ils jusqu jusque laquelle lequel les
lesquelles lesquels leur leurs lors lorsqu lorsque mais meme memes mes mieux moins mon nos notre nous nouveau
nouvelle nouvelles nouveaux ont onze ou par parce pas pendant peu peut peuvent plus plusieurs plutot pour
pourquoi pouvant pres puis puisqu quand que quel quelle quelles quels qui quoi sans sauf selon sera seront ses
sien soit son sont sous souvent sur tant tel telle telles tels tous tout toute toutes tres trois deux quatre
cinq six sept huit dix une vers vient voici voila vos votre vous afin aupres autour tellement notamment grande
grand grands grandes petit petite petits petites premier premiere premiers bon bonne seul seule hui aujourd
chacun environ partie quelque quelques etc via lui mis mise mises mettre mettent soient sein lieu cours ensemble
jour jours mois annee annees an ans avait ait toujours jamais davantage leurs celles-ci voir devenir devient
prendre pris prise prises doit doivent devra peuvent pourra pourront
"""

DOMAIN_STOP = """
projet aide collectivite territoire territorial dispositif soutien soutenir appel candidature financement
financer financeur subvention beneficiaire beneficier action operation objectif programme porteur demande
demandeur dossier eligible eligibilite cadre modalite accompagnement accompagner demarche public prive
local national regional departemental europeen france region departement commune communal intercommunal
agglomeration ville projets permettre permet realiser realisation developper developpement mise oeuvre
favoriser renforcer ameliorer amelioration contribuer encourager promouvoir participer creer creation
proposer offrir repondre besoin type nature niveau domaine acteur structure partenaire partenariat
depense cout montant taux euro investissement fonctionnement ingenierie etude service activite equipement
site espace moyen disposition condition critere selection date limite depot deposer plateforme contact
information euralens artois hauts lens lievin bethune bruay henin carvin pas calais nord charge associe
objet place cible perimetre maximum minimum concerner concerne principal general specifique important
nombre ensemble plan strategie politique enjeu gestion organiser organisation initiative solution appui
conseil conseiller reseau qualite acceder acces direct permanent exemple futur existant prevu complet
possible necessaire lier lien interne externe trouver prochain situer situation aider former forme titre
ouvert ouvrir achever metre hectare interesse ailleurs savoir connaitre appartenir expert conduire choix
choisir suivre suivi suivant propre terme accord autonome outil resultat effet impact valoriser
valorisation adapte adapter adaptation annuel mener agir engager engagement procede prestation poste
personnel offre secteur technique financier financiere fonds taille micro geographique zone centre
etablissement intervention porter portage personne juridique banque apport montage marche donner donne
interet etat commencer vis proximite evaluation agence cofinancement cofinancer gratuit mesure change
changement echelle solliciter commande signer signature accepter assistance elaborer presenter
connaissance ouvrage lutte lutter reserve opportunite preparer assurer passer dedie phase quasi lancer
pays unique orienter orientation pratique volet cahier reduire reduction utiliser utilisation estimer
grace etape temps souhaiter identifier maitrise prealable demarrage evolution potentiel faveur ayant
different valeur million millions interesser montrer source base compter arriver bout chaine tenir autour
travers lieux endroit occasion amenager amenagement amenageur inscrit inscrire entrer complement
consolider agrandir acquerir equiper construire concevoir environnant global globale lot lots rapport
lecture version piece partir fort forte leurs fin aides euros enveloppe enveloppes
"""


class Word(NamedTuple):
    """A stem and the word, or the English phrase, that it was read from."""

    stem: str
    shown: str


_MARKS = re.compile(f"[{''.join(mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.combining(mark))}]+")


def folded(text: str) -> str:
    """Without accents, ligatures and capitals: how words are compared."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_LIGATURES))).casefold()


_french = Stemmer.Stemmer("french", 0)
_english = Stemmer.Stemmer("english", 0)


def stem(word: str) -> str:
    """The French stem of one word: `rénovation`, `Rénover` and `renovations` have the same."""
    return str(_french.stemWord(folded(word)))


STOP = frozenset(FRENCH_STOP.split()) | frozenset(DOMAIN_STOP.split())
STOP_STEMS = frozenset(stem(word) for word in STOP)


@lru_cache(maxsize=KEPT_TEXTS)
def words_of(text: str, language: str = "fr") -> tuple[Word, ...]:
    """The words of the text that carry its subject, in order.

    An English text gives the French stems of the phrases of the lexicon that it holds, each shown as the
    English phrase: a French need and an English call then meet in one vocabulary.
    """
    return _through_lexicon(text) if language == "en" else _french_words(text)


def _french_words(text: str) -> tuple[Word, ...]:
    found = (Word(stem(word), word.casefold()) for word in _WORD.findall(unicodedata.normalize("NFC", text)))
    return tuple(word for word in found if _says_something(word))


def _says_something(word: Word) -> bool:
    bare = folded(word.shown)
    return len(bare) >= SHORTEST and not bare.isdigit() and bare not in STOP and word.stem not in STOP_STEMS


def _english_stems(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(_english.stemWords([folded(word) for word in words]))


def _table() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """First English stem → (the stems of a phrase, the French stems it stands for), longest phrase first."""
    table: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for french, english in PHRASES:
        meaning = tuple(word.stem for word in _french_words(french))
        key = _english_stems(english.split())
        table.setdefault(key[0], []).append((key, meaning))
    for phrases in table.values():
        phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase))
    return table


_LEXICON = _table()


def _through_lexicon(text: str) -> tuple[Word, ...]:
    written = _WORD.findall(text)
    stems = _english_stems(written)
    words: list[Word] = []
    at = 0
    while at < len(stems):
        for key, meaning in _LEXICON.get(stems[at], ()):
            if stems[at : at + len(key)] == key:
                shown = " ".join(written[at : at + len(key)]).casefold()
                words += [Word(one, shown) for one in meaning]
                at += len(key)
                break
        else:
            at += 1
    return tuple(words)

"""The domain's phrases in French and English, so that calls written in English are found from French needs.

The rule kept here: a pair is entered when an official text of either language would use it for the same
thing; a word with several meanings ("service", "support", "action") is left out. Written by hand.
"""

# French phrase | English phrase; English phrase
_WRITTEN = """
réseau de chaleur | district heating; heat network; heating networks
chaufferie biomasse bois | biomass boiler; biomass
énergie | energy
énergie renouvelable | renewable energy; renewables; renewable
efficacité énergétique | energy efficiency; energy saving; energy performance
économies énergie | energy savings
communauté énergie citoyenne | energy community; energy communities; citizen energy
solaire photovoltaïque | solar; photovoltaic
toiture | rooftop; roof
électricité | electricity; power grid
stockage énergie | energy storage
chaleur | heat; heating
chaleur fatale récupération | waste heat
géothermie | geothermal
précarité énergétique | energy poverty
carbone décarbonation | decarbonisation; carbon; low carbon
changement climatique | climate change; climate adaptation
climat | climate
ilot de fraîcheur chaleur urbain | heat island; urban cooling; heat stress
rénovation bâtiment | building renovation; renovation wave; deep renovation; energy renovation
rénovation | renovation; retrofitting; retrofit
bâtiment | building
construction | construction
matériaux biosourcés | bio based materials; biobased
matériaux | materials
logement habitat | housing; dwellings
école scolaire | school
crèche petite enfance | childcare; early childhood
quartier | neighbourhood; neighborhood; district
urbain | urban; city; cities
urbanisme aménagement | urban planning; spatial planning
espaces publics | public spaces
architecture | architecture; architectural
Bauhaus européen | new european bauhaus
friche | brownfield
renaturation | renaturing; nature restoration; restoration of ecosystems
solutions fondées nature | nature based solutions; nature based
nature | nature
biodiversité | biodiversity
arbres plantation boisement | tree planting; afforestation; trees
forêt | forest; forestry; woodland
végétalisation végétal | urban greening; greening; green spaces
trame verte | green infrastructure; ecological corridors; green corridor
continuités écologiques | ecological connectivity; connectivity of habitats
désimperméabilisation sols | desealing; soil sealing; de sealing
sols | soil
eau | water
eaux pluviales | stormwater; rainwater; storm water
inondation | flood
paysage | landscape
faune flore espèces | species; wildlife; pollinators
inventaires observation | monitoring of biodiversity; species monitoring
sciences participatives citoyennes | citizen science
éducation environnement | environmental education; education for sustainable development
mobilité | mobility
mobilités actives douces | active mobility; soft mobility; walking
vélo cyclable | cycling; bicycle; bike
piéton | pedestrian
transport | transport; transportation
véhicules | vehicle; car sharing; cars
véhicules électriques électrique | electric vehicle; electromobility; e mobility
moteurs électriques | electric motors; electric drives; powertrain
batterie | battery
logistique | logistics
hydrogène | hydrogen
réemploi réparation | reuse; re use; repair
économie circulaire | circular economy; circularity; circular
recyclage | recycling
déchets | waste
biodéchets compostage | biowaste; bio waste; composting
gaspillage alimentaire | food waste
alimentation | food; diets; nutrition
alimentaire durable | sustainable food; food systems
restauration collective cantine | public procurement of food; school meals; canteen; public catering
agriculture biologique | organic farming; organic food; organic
agriculture | agriculture; farming; farmers; agricultural
circuits courts | short food supply chains; short supply chains; local food
maraîchage | market gardening; horticulture
jardin | garden; gardening
économie sociale solidaire | social economy; social enterprise; social entrepreneurship
insertion emploi | labour market integration; work integration; inclusion in employment
emploi | employment; jobs
inclusion | inclusion; social inclusion
salariés | workers; employees
formation compétences | skills; vocational training; upskilling; reskilling
pauvreté précarité | poverty; deprivation
quartiers prioritaires | deprived urban areas; disadvantaged areas; deprived neighbourhoods
personnes âgées | older people; elderly; ageing; older persons
handicap | disability; disabilities
santé | health
jeunes jeunesse | youth; young people
enfants | children
élèves | pupils
étudiants | students
université | university; higher education
recherche | research
recherche collaborative | collaborative research; research and innovation
laboratoire | laboratory; laboratories
équipements recherche essais | research infrastructure; testing facilities; test beds; testbeds
transfert technologie | technology transfer; knowledge transfer
technologie | technology; technologies
innovation | innovation; innovative
industrie industriels | industry; industrial
procédés industriels | industrial processes; manufacturing processes
fabrication numérique impression | digital fabrication; 3d printing; additive manufacturing
fablab | fablab; makerspace; maker spaces
entreprises | enterprises; companies; smes
création entreprise entrepreneuriat | entrepreneurship; start ups; business creation
incubateur pépinière | incubator; incubation; business support
commerce | retail; shops; commerce
artisanat | crafts; craftsmanship
tourisme | tourism
tiers lieux coopération | third places; coworking; creative hubs
numérique | digital; digitalisation
données | data
intelligence artificielle | artificial intelligence
culture | culture; cultural
patrimoine | heritage
musique spectacle | music; performing arts
sport | sport
participation citoyenne habitants | citizen engagement; citizen participation; public participation
citoyen citoyenneté | citizens; citizenship
gouvernance | governance
démocratie | democracy; democratic
coopération | cooperation
jumelage villes | town twinning; networks of towns
sensibilisation | awareness raising; awareness
transition écologique | green transition; ecological transition
transition juste charbon minier | just transition; coal regions; mining
ruralité rural | rural
égalité femmes | gender equality; women
migrants | migrants; refugees
sécurité | security; safety
"""


def _pairs() -> tuple[tuple[str, str], ...]:
    pairs = []
    for line in _WRITTEN.strip().splitlines():
        french, _, english = line.partition("|")
        pairs += [(french.strip(), phrase.strip()) for phrase in english.split(";")]
    return tuple(pairs)


PHRASES = _pairs()
"""(French, English), an English phrase once; words without an article, hyphens as spaces."""

"""The world that the demo articles are set in: a county that is on no map. Every name here is made up."""

from typing import Final

TOWNS: Final = (
    "Lower Brindle", "Upper Brindle", "Saltwick", "Harrowmere", "Tansy Ford", "Great Muddle", "Little Muddle",
    "Pebbleton", "Quillhaven", "Otterby", "Marrow Green", "Dunnock Hill", "Thistle Quay", "Bellwether", "Candlewick",
    "Fennimore", "Gorseway", "Hobb's Landing", "Ivybridge Cross", "Kettleness Bay", "Larkrise Halt", "Moss End",
)  # fmt: skip
FIRST_NAMES: Final = (
    "Agnes", "Bertil", "Cosima", "Dorrit", "Edwin", "Flora", "Gustav", "Hester", "Ignatius", "Juniper", "Kasimir",
    "Lavinia", "Mortimer", "Nell", "Octavia", "Percival", "Quentin", "Rosalind", "Silas", "Tabitha", "Ulrich",
    "Verity", "Winifred", "Yorick", "Zelda",
)  # fmt: skip
LAST_NAMES: Final = (
    "Applegarth", "Bramblewood", "Crumpley", "Dapplethorn", "Elderflower", "Fothergale", "Gooseberry", "Hollyhock",
    "Inkpenny", "Jellicove", "Kettlewell-Moor", "Larkspurne", "Mugwort", "Nettlefield", "Oakenshawe", "Puddifoote",
    "Quincebury", "Rookwoode", "Snodgrave", "Thimbleby", "Umberleigh-Nook", "Vetchling", "Wobblethwaite", "Yarrowby",
)  # fmt: skip
REPORTERS: Final = (
    "Marigold Fenn", "Tobias Quill", "Prudence Inkwell", "Barnaby Stamp", "Clementine Draft", "Osric Galley",
    "Philippa Nib", "Rufus Column", "Saskia Byline", "Theodora Stet",
)  # fmt: skip
PHOTOGRAPHERS: Final = ("Iris Shutter", "Felix Aperture", "Luna Darkroom", "Magnus Tripod", "Wren Contactsheet")
POSTS: Final = (
    "keeper of the town clock", "retired ferryman", "deputy librarian", "chair of the hedge committee", "baker",
    "harbour master", "teacher of geography", "inspector of stiles", "beekeeper", "choir mistress", "postmistress",
    "lollipop man", "honorary lamplighter", "owner of the tea room", "second trombone of the brass band",
    "secretary of the allotment society", "town crier on alternate Tuesdays", "bell-ringer",
)  # fmt: skip
ANIMALS: Final = (
    "goose", "heron", "three-legged cat", "donkey", "hedgehog", "family of ducks", "jackdaw", "tortoise", "goat",
    "swan", "barn owl", "very old spaniel", "colony of newts", "sheep called Admiral", "peacock",
)  # fmt: skip
ITEMS: Final = (
    "weathervane", "bandstand", "left-hand church bell", "brass telescope", "ferry whistle", "library ladder",
    "harbour lantern", "sundial", "cuckoo clock", "post box", "footbridge", "tandem bicycle", "village pump",
    "town map", "bus shelter", "barrel organ", "signal box", "greenhouse",
)  # fmt: skip
DISHES: Final = (
    "rhubarb crumble", "leek pudding", "gooseberry tart", "parsnip soup", "seed cake", "plum dumplings",
    "barley scones", "beetroot chutney", "cloudberry jam", "onion pie", "ginger parkin", "nettle bread",
)  # fmt: skip
PLACES: Final = (
    "the market square", "the old ropewalk", "the duck pond", "the reading room", "the lifeboat shed", "the tea room",
    "the allotments behind the station", "the upper landing of the town hall", "the disused tram depot",
    "the footpath by the mill", "the bowling green", "the room above the bakery",
)  # fmt: skip
GROUPS: Final = (
    "brass band", "ladies' rowing eight", "hedge committee", "chess club", "society of amateur astronomers",
    "knitting circle", "volunteer fire brigade", "ramblers' club", "historical society", "guild of bell-ringers",
    "choir", "Thursday painting class", "model railway club", "mushroom watch",
)  # fmt: skip
WEATHER: Final = (
    "Rain is expected by teatime, clearing in time for the evening walk.",
    "The forecast is for light winds and a sky the colour of old pewter.",
    "Fog is likely on the river until ten, as it has been since records began.",
    "A mild day is promised, with one cloud, which will be over Great Muddle.",
    "The barometer in the post office points at Change, where it has been stuck for eleven years.",
    "Frost may visit the low gardens; dahlias should be spoken to kindly.",
)
ASIDES: Final = (
    "The number 4 bus will stop twice as usual, once for passengers and once out of habit.",
    "Tea was served throughout, and there was enough.",
    "The minutes run to nine pages, of which seven concern the biscuits.",
    "A dog was present and is said to have approved.",
    "Nobody could remember who had been against it.",
    "The town clock struck four during the speeches. It was twenty past two.",
    "A collection was taken for the roof. The roof was also thanked.",
    "Children under ten and adults over ninety may take part free of charge.",
    "The queue reached the bridge, and was described by those in it as part of the pleasure.",
    "The mayor sent apologies and a marrow.",
    "Two umbrellas, left behind, may be claimed by whoever describes them best.",
    "It was agreed to meet again, and then, since nobody wished to go home, to meet at once.",
)
REMARKS: Final = (
    "We did not expect it to work, so we are still deciding what to do",
    "My grandmother tried the same thing, but she had a bigger shed",
    "There is no hurry. There has never been any hurry here",
    "I would do it again, though perhaps with drier socks",
    "People say it can't be done, and then they bring sandwiches and watch",
    "It is a small thing, but it is our small thing",
    "I have written it all down, in pencil, in case we are wrong",
    "If it squeaks it is alive, that is what my uncle used to say of bicycles",
    "One of us knew the way, and the others were polite about it",
    "You would be surprised how much of it was string",
    "We measured twice, cut once, and then measured again for company",
    "Ask me tomorrow, when I have had my breakfast",
)
FACTS: Final = (
    "Flasks of tea: {few}", "Volunteers: {some}", "Length: {some} paces", "Cost so far: {many} crowns and a cake",
    "Years in the planning: {few}", "Letters received: {some}", "Letters against: one, since withdrawn",
    "Ladders borrowed: {few}", "Height above the river: {some} feet", "Next meeting: {weekday}, after the choir",
)  # fmt: skip
CROSSHEADS: Final = (
    "How it began", "A quiet majority", "What the ledger says", "The matter of the key", "Not without precedent",
    "After the rain", "An offer from across the river", "The long view", "Tea at four", "What happens next",
)  # fmt: skip

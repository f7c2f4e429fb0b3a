"""What happens in the demo articles: small, gentle and made up. Texts with gaps that `stories` fills from `words`.

Gaps: `{town}`, `{other}` (another town), `{one}` and `{two}` (people), `{post}` (what the first does), `{rank}` (what
the second does), `{animal}`, `{thing}`, `{dish}`, `{place}`, `{group}`, `{few}`, `{some}`, `{many}` (numbers),
`{ordinal}`, `{weekday}`.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plot:
    """One kind of story.

    Attributes:
        section: where a site files it.
        headlines, leads: of each one is taken.
        paragraphs: all are used, in this order.
        topics: its keywords; the town is added.
        caption: of the picture.
    """

    section: str
    headlines: tuple[str, ...]
    leads: tuple[str, ...]
    paragraphs: tuple[str, ...]
    topics: tuple[str, ...]
    caption: str


PLOTS: Final = (
    Plot(
        "society",
        ("{town} gets its {thing} back after {some} years", "Long-lost {thing} returns to {town}"),
        ("It had been in {other} all along", "Nobody had looked behind the piano, says the {post}"),
        (
            "The {thing} of {town}, missed for {some} years, came home on {weekday} in a wheelbarrow lined with hay.",
            "It was found by {one}, {post}, who was looking for something else entirely and has since forgotten what.",
            (
                "How it came to {other} is not known. The ledger of that year has a page missing, and on the page "
                "after it somebody has written the word “sorry” in green ink."
            ),
            "The {group} met the procession at {place} and played the only march that everybody knows.",
            (
                "{two}, {rank}, has offered to polish it on the first Monday of each month, in exchange for being "
                "allowed to ring it, wind it or climb it, as the case may be."
            ),
        ),
        ("Heritage", "Lost and found"),
        "The {thing} on its way home to {town}",
    ),
    Plot(
        "society",
        ("{town} ferry waits for {animal}, again", "Ferry at {town} delayed by {animal} for the {ordinal} time"),
        ("Passengers are asked to bring a book", "The timetable is to be changed in its favour"),
        (
            (
                "The morning ferry from {town} to {other} left {some} minutes late on {weekday}, since a {animal} "
                "had taken the seat by the window and could not be persuaded to share it."
            ),
            "“It has a season ticket in all but name,” said {one}, {post}, who witnessed the talks.",
            "The company has moved the departure to a quarter past, which is when the ferry has been leaving anyway.",
            "{two}, {rank}, proposed a second bench. The proposal was carried at {place} by {some} votes to none.",
            "The {group} of {other} has written to say that it would welcome the passenger at any hour.",
        ),
        ("Ferries", "Animals"),
        "The passenger, photographed from a respectful distance",
    ),
    Plot(
        "economy",
        ("{town} market runs out of {dish} by nine", "Price of {dish} steady in {town}, and so is the queue"),
        ("A second oven is under discussion", "Bakers speak of a remarkable {weekday}"),
        (
            (
                "Stallholders in {town} sold {many} portions of {dish} on {weekday}, a number that was counted "
                "twice because nobody believed it the first time."
            ),
            "{one}, {post}, who had come for a reel of thread, went home with four portions and no thread.",
            (
                "The price has been the same since the market hall was painted, and is shown on a board that would "
                "be tiresome to repaint."
            ),
            "Traders from {other} have asked for the recipe. It was given to them, in full, with one small mistake.",
            "{two}, {rank}, keeps the figures in a biscuit tin and expects the winter to be “about as long as usual”.",
        ),
        ("Markets", "Baking"),
        "What was left by half past nine",
    ),
    Plot(
        "science",
        ("Astronomers of {town} find a star where the chimney was", "Telescope in {town} sees further than planned"),
        ("The chimney of the laundry had been in the way", "The object is old, far away and quite cheerful"),
        (
            (
                "The {group} of {town} has entered a new star in its book after the chimney of the laundry, which "
                "had stood before it for {some} years, was taken down."
            ),
            "“We had always said that there was something behind it,” said {one}, {post}, who keeps the book.",
            "The star is yellowish, and blinks once every {few} minutes, unless that is the lens.",
            "Observers in {other} confirmed the finding by shouting across the valley at the agreed time.",
            "{two}, {rank}, would like it to be named after the laundry. A vote is to be held at {place}.",
        ),
        ("Astronomy", "Night sky"),
        "The roof from which the star was seen",
    ),
    Plot(
        "science",
        ("A {animal} of {town} is older than the town hall", "Count of hedgerows in {town} ends in a surprise"),
        (
            "The record had been kept on the back of a hymn sheet",
            "The count took {few} years and {some} thermos flasks",
        ),
        (
            (
                "A survey of the wild and half-wild neighbours of {town} has found {many} of them, among them a "
                "{animal} that appears on a photograph taken before the town hall was built."
            ),
            "{one}, {post}, led the count and wore out {few} pairs of boots, all of which are now inhabited.",
            "Numbers are up along {place} and down near the bandstand, where the trombones practise.",
            "The method was simple: sit still, be quiet, and write down who comes. Most came for the {dish}.",
            "{two}, {rank}, will repeat the count in {other}, where it is suspected that the same ones will be met.",
        ),
        ("Nature", "Surveys"),
        "One of those who were counted",
    ),
    Plot(
        "culture",
        ("Choir of {town} sings the timetable, to applause", "{town} stages an opera about its {thing}"),
        ("The second act was lengthened by request", "There were {few} encores and one change of trains"),
        (
            (
                "The hall in {town} was full to the window sills on {weekday}, when the {group} performed a work "
                "for voices, handbells and {thing}."
            ),
            "The libretto is by {one}, {post}, who wrote it on the backs of {many} seed packets.",
            (
                "In the first act nothing happens, beautifully. In the second a {animal} walks on, which was not "
                "rehearsed and has been kept in."
            ),
            "Critics from {other} praised the silence between the movements as among the finest in the county.",
            "{two}, {rank}, turned the pages, and on one occasion turned two. It was thought an improvement.",
        ),
        ("Music", "Stage"),
        "The company after the third encore",
    ),
    Plot(
        "culture",
        ("Library of {town} gets a book back after {some} years", "Overdue book comes home to {town}, with notes"),
        ("The fine would have bought a small boat", "The margins are said to be better than the text"),
        (
            (
                "A handbook of knots, lent by the library of {town} {some} years ago, was pushed through the letter"
                " box on {weekday} in a bag that smelt of lavender."
            ),
            "“It is in better order than when it left,” said {one}, {post}, who had kept its place on the shelf.",
            (
                "Between the pages were a pressed fern, a recipe for {dish}, and a map that shows a short way to "
                "{other} which nobody has yet found."
            ),
            "The fine was put at {many} crowns and forgiven at once, since the till can't count so far.",
            "{two}, {rank}, has borrowed the book for the weekend and promised to be quick about it.",
        ),
        ("Libraries", "Books"),
        "The shelf that waited",
    ),
    Plot(
        "sports",
        ("{town} and {other} draw at {few} all, as in every year", "Raft race of {town} won by a {animal}"),
        ("The cup stays where it is: on the bottom of the pond", "A photo finish is still being developed"),
        (
            "The yearly match between {town} and {other} ended level on {weekday}, which spared both sides a speech.",
            "{one}, {post}, was named player of the day for having found the ball {few} times.",
            (
                "Play was halted for {some} minutes while a {animal} crossed the pitch at its own pace, and again "
                "while it thought better of it."
            ),
            "Supporters brought {dish} for both sides, as the rules of the cup demand.",
            "The referee, {two}, {rank}, said that everybody had been very good and should wash their hands.",
        ),
        ("Local derby", "Fair play"),
        "The winning side, which is both",
    ),
    Plot(
        "economy",
        ("Smallest railway in the county adds a carriage at {town}", "{town} halt to get a second lamp"),
        ("It doubles the number of carriages", "Growth is expected to continue as far as {other}"),
        (
            (
                "The line between {town} and {other}, which has {few} stations and one bend, will run with two "
                "carriages from {weekday}."
            ),
            (
                "“People wanted to sit with their backs to the engine,” said {one}, {post}, who collects the "
                "tickets when there are any."
            ),
            (
                "The carriage was found in {place}, where it had served as a greenhouse. The tomatoes will be let "
                "off at the next stop."
            ),
            "The line carried {many} passengers last year, of whom a third were asleep and went round twice.",
            "{two}, {rank}, has knitted the cushions. They are of different sizes, as are the passengers.",
        ),
        ("Railways", "Transport"),
        "The new carriage, still with tomatoes",
    ),
    Plot(
        "society",
        ("{town} votes to keep its {thing} slightly crooked", "Crooked {thing} may stay crooked, {town} decides"),
        ("Straightening it would have confused the {animal}", "The vote was {some} to {few}, with one “perhaps”"),
        (
            (
                "The {thing} in {town} leans {few} degrees to the west and may go on doing so, a meeting at {place}"
                " found on {weekday}."
            ),
            "{one}, {post}, argued that the town had grown around the lean, and that it would now look odd without it.",
            "An engineer from {other} had offered to put it upright within a day. He was thanked and given {dish}.",
            "The {group} will paint a line on the ground, so that a change would be noticed in good time.",
            "“If it ever falls it will fall politely,” said {two}, {rank}.",
        ),
        ("Town meeting", "Heritage"),
        "It leans to the west, as ever",
    ),
    Plot(
        "society",
        ("A {animal} is made honorary postman of {town}", "Letters of {town} delivered by {animal}"),
        ("Complaints fell by half within a week", "Its round takes in {place} and both bakeries"),
        (
            (
                "A {animal} that has followed the post around {town} for {few} years was sworn in on {weekday}, as "
                "far as that was possible."
            ),
            "“It knows every door and has opinions about most of them,” said {one}, {post}.",
            "Parcels are still carried by people. Postcards are read on the way by everybody, as is the custom.",
            "The uniform was sewn by the {group} and has been admired, chewed, and sewn again.",
            "{two}, {rank}, received the first letter delivered so. It was from {other} and said only “hello”.",
        ),
        ("Post", "Animals"),
        "The new colleague on the first round",
    ),
    Plot(
        "science",
        ("{town} mends its clock, and finds a spare minute", "A minute too many: how {town} measures time"),
        ("It had been there since the last repair", "The extra minute will be used for tea"),
        (
            (
                "When the clock of {town} was taken apart for the first time in {some} years, the workings were "
                "found to make sixty-one minutes to the hour."
            ),
            "“That explains the afternoons,” said {one}, {post}.",
            "The cause was a wheel with one tooth too many, cut by somebody who was paid by the tooth.",
            "A town meeting at {place} was in favour of keeping it, since {other} could always be told.",
            "{two}, {rank}, will announce the additional minute each day at noon, for about a minute.",
        ),
        ("Clocks", "Engineering"),
        "The wheel with the additional tooth",
    ),
)

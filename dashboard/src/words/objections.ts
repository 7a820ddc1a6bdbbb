/** What the server objects to, in the words of its readers: its own sentences, where {} stands for what varies. */
export const objectionsFr: Record<string, string> = {
  "A count is compared with a whole number from 0 to {}.": "Un nombre de fois se compare à un nombre entier de 0 à {}.",
  "A count is never less than 0.": "Un nombre de fois n’est jamais inférieur à 0.",
  "A list is changed by add or remove, with up to {} ids each time.": "Une liste se change par ajout ou retrait, jusqu’à {} identifiants à la fois.",
  "A moment is a date (2026-01-31) or a date and time (2026-01-31T09:00:00+01:00) from 1990 to 2100.": "Un moment est une date (2026-01-31), ou une date et une heure (2026-01-31T09:00:00+01:00), de 1990 à 2100.",
  "A moment is on or after (>=), on or before (<=) or between.": "Un moment se compare par «\u00a0à ce moment ou après\u00a0», «\u00a0à ce moment ou avant\u00a0» ou «\u00a0entre\u00a0».",
  "A moment that moves with now has either ago or in.": "Un moment relatif est soit «\u00a0il y a\u00a0», soit «\u00a0dans\u00a0».",
  "A name has 1 to {} characters and no NUL.": "Un nom compte de 1 à {} caractères.",
  "A number lies between -10¹⁵ and 10¹⁵.": "Un nombre se situe entre -10¹⁵ et 10¹⁵.",
  "A part of all people ends after it begins.": "La part doit finir après son début.",
  "A pattern is {} characters long at most and holds no NUL.": "Un motif compte au plus {} caractères.",
  "A polygon goes once around the earth at most: 360 degrees of longitude.": "Un polygone fait au plus une fois le tour de la Terre\u202f: 360 degrés de longitude.",
  "A polygon has at least three different corners.": "Un polygone a au moins trois sommets différents.",
  "A property is a path of names joined by dots, without quotes, backslashes or stars.": "Une propriété s’écrit en noms reliés par des points, sans guillemets, barres obliques inverses ni étoiles.",
  "A property of an event is compared with a moment that stands still.": "Une propriété d’événement se compare à une date fixe.",
  "A radius is more than 0 and at most {} metres.": "Un rayon est supérieur à 0 et d’au plus {} mètres.",
  "A rule has exactly one of all, any and not, or is a condition with a kind.": "Une règle est un groupe (all, any ou not) ou une condition d’une sorte connue.",
  "A rule is an object: all, any, not, or a condition with a kind.": "Une règle est un groupe (all, any ou not) ou une condition d’une sorte connue.",
  "A rule may be nested {} levels deep at most.": "Une règle a au plus {} niveaux de groupes.",
  "A rule may be {} bytes long at most.": "Une règle compte au plus {} octets.",
  "A rule may have {} conditions at most.": "Une règle compte au plus {} conditions.",
  "A text is 1,000 characters long at most and holds no NUL.": "Un texte compte au plus 1\u202f000 caractères.",
  "A topic's name cannot hold a NUL.": "Ce nom de sujet contient un caractère interdit.",
  "A version is up to four numbers joined by dots, as in 2.10.0.": "Une version s’écrit en quatre nombres au plus, reliés par des points, comme 2.10.0.",
  "A window ends after it begins.": "La période doit finir après son début.",
  "A window has last, ago, calendar, after_first, or from and to.": "Une période a last, ago, calendar, after_first, ou from et to.",
  "A window is a number and one of s, m, h, d, w, as in 30d.": "Une durée est un nombre entier et une unité.",
  "A window is from 1 second to 3,660 days long.": "Une durée va de 1 seconde à 3\u202f660 jours.",
  "A {} lies between -{} and {} degrees.": "Une {} se situe entre -{} et {} degrés.",
  "An area is either a circle or a polygon.": "Une zone est soit un cercle, soit un polygone.",
  "An event's name cannot hold a NUL.": "Ce nom d’événement contient un caractère interdit.",
  "Another active segment of this app has that name.": "Un autre segment de cette application porte déjà ce nom.",
  "Another list of this app has that name.": "Une autre liste de cette application porte déjà ce nom.",
  "Between compares with two numbers.": "«\u00a0Entre\u00a0» demande deux nombres.",
  "Between compares with two values, everything else with one.": "«\u00a0Entre\u00a0» demande deux valeurs, les autres comparaisons une seule.",
  "In a window a count is compared with {} at most.": "Dans une période, un nombre de fois se compare à {} au plus.",
  "Segment {} would lean on itself.": "Ce segment s’appuierait sur lui-même.",
  "Segments name this list.": "Des segments se servent de cette liste.",
  "Something leans on this segment: {}.": "Ce segment sert ailleurs\u202f: {}.",
  "The aggregate {} has no zone.": "Ce calcul («\u00a0{}\u00a0») se fait sans fuseau horaire.",
  "The aggregate {} {}.": "Ce calcul («\u00a0{}\u00a0») {}.",
  "The first length is the longer one: from 60d ago to 30d ago.": "La première durée est la plus longue\u202f: d’il y a 60 jours à il y a 30 jours.",
  "The first of the two is the lesser one.": "La première des deux valeurs est la plus petite.",
  "The segment has no such version.": "Ce segment n’a pas cette version.",
  "The segment was archived.": "Ce segment a été archivé.",
  "The segment was changed since it was read.": "Ce segment a été modifié entre-temps.",
  "The segment “{}” leans on this one. {}": "Le segment «\u00a0{}\u00a0» s’appuie sur celui-ci. {}",
  "There is no list {}.": "Cette liste n’existe pas.",
  "There is no segment {}.": "Ce segment n’existe pas.",
  "There is no such kind of condition; there are {}.": "Cette sorte de condition n’existe pas.",
  "There is nothing to compare with here.": "Il n’y a rien à comparer ici.",
  "This app has no such segment.": "Cette application n’a pas ce segment.",
  "This is a list of at least one rule.": "Il faut au moins une condition.",
  "This is a list of values.": "Il faut une liste de valeurs.",
  'This is a moment: "2026-01-31" or {"ago": "30d"}.': "Il faut un moment\u202f: une date, ou une durée avant ou après maintenant.",
  "This is a text that is not empty.": "Il faut un texte.",
  "This is compared with a number between -10¹² and 10¹².": "Cela se compare à un nombre entre -10¹² et 10¹².",
  "This is compared with a number.": "Cela se compare à un nombre.",
  "This is no IANA time zone.": "Ce fuseau horaire n’existe pas. Un fuseau s’écrit comme Europe/Paris.",
  "This is no RE2 pattern: {}.": "Ce motif RE2 n’est pas valable\u202f: {}.",
  "This is one value: a text, a number, true or false.": "Il faut une seule valeur\u202f: un texte, un nombre, vrai ou faux.",
  "True and false have no order.": "Vrai et faux n’ont pas d’ordre.",
  "With the segments it names, a rule may be nested {} levels deep at most.": "Avec les segments qu’elle nomme, une règle a au plus {} niveaux de groupes.",
  "With the segments it names, a rule may have {} conditions at most.": "Avec les segments qu’elle nomme, une règle compte au plus {} conditions.",
  "{} is tested by {}.": "«\u00a0{}\u00a0» se teste par {}.",
  "Expected `int` >= {}.": "Il faut un nombre entier d’au moins {}.",
  "Expected `int` <= {}.": "Il faut un nombre entier d’au plus {}.",
  "Expected `float` >= {}.": "Il faut un nombre d’au moins {}.",
  "Expected `float` <= {}.": "Il faut un nombre d’au plus {}.",
  "Expected `float` > {}.": "Il faut un nombre supérieur à {}.",
  "Expected `int`, got `{}`.": "Il faut un nombre entier.",
  "Expected `float`, got `{}`.": "Il faut un nombre.",
  "Expected `str` of length >= {}.": "Ceci ne peut pas rester vide.",
  "Expected `str` of length <= {}.": "Il faut un texte de {} caractères au plus.",
  "needs a property": "demande une propriété",
  "has no property": "se fait sans propriété",
};

/** Where the server's English is a program's own, in words. */
export const objectionsEn: Record<string, string> = {
  "Expected `int` >= {}.": "This is a whole number of at least {}.",
  "Expected `int` <= {}.": "This is a whole number of at most {}.",
  "Expected `float` >= {}.": "This is a number of at least {}.",
  "Expected `float` <= {}.": "This is a number of at most {}.",
  "Expected `float` > {}.": "This is a number of more than {}.",
  "Expected `int`, got `{}`.": "This is a whole number.",
  "Expected `float`, got `{}`.": "This is a number.",
  "Expected `str` of length >= {}.": "This cannot stay empty.",
  "Expected `str` of length <= {}.": "This is a text of at most {} characters.",
};

const asPattern = (template: string) => new RegExp(`^${template.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)")}$`, "s");

/** A sentence of the server in the words of a table, numbers as its readers write them; as it is where the table does not have it. */
export function objection(message: string, table: Record<string, string>, number: (value: number) => string): string {
  for (const [template, words] of Object.entries(table)) {
    const found = asPattern(template).exec(message);
    if (found === null) continue;
    const parts = found.slice(1).map((part) => (/^\d{1,3}(,\d{3})+$|^\d+(\.\d+)?$/.test(part) ? number(Number(part.replaceAll(",", ""))) : objection(part, table, number)));
    return words.split("{}").map((piece, place) => piece + (parts[place] ?? "")).join("");
  }
  return message;
}

/** What the server objects to, in the words of its readers: its own sentences, where {} stands for what varies. */
export const objectionsFr: Record<string, string> = {
  "The file has {} columns.": "Le fichier a {} colonnes.",
  "The file has more than {} cells: cut it into pieces.":
    "Le fichier a plus de {} cellules\u202f: coupez-le en morceaux.",
  "The content is wrong: {}.": "Le contenu ne convient pas\u202f: {}.",
  "Text may not contain NUL.": "Un texte ne peut pas contenir de caractère NUL.",
  "An e-mail needs html or text.": "Un e-mail a besoin de html ou de texte.",
  "A push has at most {} buttons.": "Une notification a au plus {} boutons.",
  "The {} is empty.": "Le champ {} est vide.",
  "A template has at most {} characters.": "Un modèle compte au plus {} caractères.",
  "{} cannot send e-mails: {}": "{} ne peut pas envoyer d’e-mails\u202f: {}",
  "A subject has at most {} characters.": "Un objet compte au plus {} caractères.",
  "{} is not an address that a browser can open.":
    "{} ne mène nulle part\u202f: aucun navigateur ne le prend pour une adresse.",
  "A subject holds no control characters.": "Un objet ne contient pas de caractères de commande.",
  "A push holds {} bytes in all; this one would have more than {} for everybody.":
    "Une notification tient en {} octets\u202f; celle-ci en aurait plus de {} pour tout le monde.",
  "{} is no http(s) address; a web push leads to nothing else.":
    "{} n’est pas une adresse http(s)\u202f; une notification web ne mène nulle part ailleurs.",
  "An app may have at most {} link hosts.": "Une application compte au plus {} hôtes de liens.",
  "{} is not a valid host: write it like shop.example, or *.shop.example for all below it.":
    "{} n’est pas un hôte\u202f; écrivez-le comme shop.example, ou *.shop.example pour tout ce qui est en dessous.",
  "A no was said explicitly. Only a newer yes with its source and wording lifts it: POST it to consents.":
    "Un refus a été exprimé explicitement. Seul un accord plus récent, avec sa source et sa formulation, le lève\u202f: à envoyer à consents.",
  "A yes says where it was given (source) and what was agreed to (wording).":
    "Un accord dit où il a été donné (source) et ce qui a été accepté (wording).",
  "A consent is not given in the future.": "Un consentement ne se donne pas dans le futur.",
  "A proof may be at most 4 KB long.": "Une preuve compte au plus 4 Ko.",
  "Give one of person, user_id and email.": "Donnez soit person, soit user_id, soit email.",
  "An event has a name.": "Un événement a un nom.",
  "No event is named {}: Relance keeps such names and does not write it.":
    "Aucun événement ne s’appelle «\u00a0{}\u00a0»\u202f: Relance réserve ces noms et n’écrit pas celui-ci.",
  "{} is awaited of this journey's own messages, and it sends none: for any message set message to *.":
    "«\u00a0{}\u00a0» s’attend des messages de ce parcours, et il n’en envoie aucun\u202f: pour tout message, mettez * dans message.",
  "{} says who somebody is and starts no journey. Start it on an event, or on entering a segment.":
    "«\u00a0{}\u00a0» dit qui est quelqu’un et ne fait commencer aucun parcours. Choisissez un événement, ou l’entrée dans un segment.",
  "There is no message {} in this app, or it is archived.":
    "Le message {} n’existe pas dans cette application, ou il est archivé.",
  "There is no {} {} in this app, or it is archived.":
    "Ceci n’existe pas dans cette application, ou est archivé\u202f: {} {}.",
  "A journey is not entered by what it brings about itself.":
    "On n’entre pas dans un parcours par ce qu’il provoque lui-même.",
  "No such event has {}, so that none starts a run: {}":
    "Aucun de ces événements ne porte «\u00a0{}\u00a0», donc aucun ne ferait commencer le parcours\u202f: {}",
  "No such event has {}: {}": "Aucun de ces événements ne porte «\u00a0{}\u00a0»\u202f: {}",
  "{} of {} is one of {}: no event passes.":
    "«\u00a0{}\u00a0» de «\u00a0{}\u00a0» vaut l’un de {}\u202f: aucun événement ne passe.",
  "No value of {} passes all of its tests.": "Aucune valeur de «\u00a0{}\u00a0» ne passe tous ses tests.",
  "This journey is {}, not {}.": "Ce parcours n’est pas dans le bon état pour cela ({}, pas {}).",
  "There is no such run in this app.": "Ce passage n’existe pas dans cette application.",
  "People have been in this journey: archive it instead of deleting it.":
    "Quelqu’un est déjà passé par ce parcours\u202f: archivez-le plutôt.",
  "A journey has a name of at most {} characters.": "Un parcours a un nom de {} caractères au plus.",
  "This journey is archived.": "Ce parcours est archivé.",
  "There is no such journey in this app.": "Ce parcours n’existe pas dans cette application.",
  "This journey has been edited since it was read.": "Ce parcours a été modifié entre-temps.",
  "This journey is used by {}.": "Quelque chose a besoin de ce parcours\u202f: {}.",
  "This message is used by {}.": "Quelque chose a besoin de ce message\u202f: {}.",
  "{} tells of test sends, which move nobody. Ask for {} instead.":
    "{} parle d’envois de test, qui ne déplacent personne. Demandez plutôt {}.",
  "{} tells of test sends, which move nobody through a journey.":
    "{} parle d’envois de test, qui ne font avancer personne dans un parcours.",
  "{} tells of test sends, which start no journey.": "{} parle d’envois de test, qui ne lancent aucun parcours.",
  "This message was sent or queued before: archive it instead of deleting it.":
    "Ce message a déjà été envoyé, ou devait l’être\u202f: archivez-le plutôt.",
  "This message is archived already.": "Ce message est déjà archivé.",
  "This message is not archived.": "Ce message n’est pas archivé.",
  "This message is archived: take it out of the archive first.":
    "Ce message est archivé\u202f: sortez-le d’abord des archives.",
  "This app has had no event {} yet. Is the name right?":
    "Cette application n’a encore reçu aucun événement «\u00a0{}\u00a0». Le nom est-il juste\u202f?",
  "A count is compared with a whole number from 0 to {}.": "Un nombre de fois se compare à un nombre entier de 0 à {}.",
  "A count is never less than 0.": "Un nombre de fois n’est jamais inférieur à 0.",
  "A list is changed by add or remove, with up to {} ids each time.":
    "Une liste se change par ajout ou retrait, jusqu’à {} identifiants à la fois.",
  "A moment is a date (2026-01-31) or a date and time (2026-01-31T09:00:00+01:00) from 1990 to 2100.":
    "Un moment est une date (2026-01-31), ou une date et une heure (2026-01-31T09:00:00+01:00), de 1990 à 2100.",
  "A moment is on or after (>=), on or before (<=) or between.":
    "Un moment se compare par «\u00a0à ce moment ou après\u00a0», «\u00a0à ce moment ou avant\u00a0» ou «\u00a0entre\u00a0».",
  "A relative moment has either ago or in.":
    "Un moment relatif est soit «\u00a0il y a\u00a0», soit «\u00a0dans\u00a0».",
  "A name has 1 to {} characters.": "Un nom compte de 1 à {} caractères.",
  "A password must have {} to {} characters.": "Un mot de passe compte de {} à {} caractères.",
  "Nobody else could sign in: invite another operator first.":
    "Plus personne ne pourrait se connecter\u202f: invitez d’abord un autre opérateur.",
  "Relance is set up already: sign in.": "Relance est déjà installé\u202f: connectez-vous.",
  "The e-mail address or the password is wrong.": "L’adresse e-mail ou le mot de passe est faux.",
  "The new password is the same as the current one: choose another.":
    "Le nouveau mot de passe est l’actuel\u202f: choisissez-en un autre.",
  "The current password is wrong.": "Le mot de passe actuel est faux.",
  "There is no such operator.": "Cet opérateur n’existe pas.",
  "There is no such session: it may have ended already.":
    "Cette session n’existe pas\u202f: elle a peut-être déjà pris fin.",
  "Not a valid e-mail address.": "Ce n’est pas une adresse e-mail.",
  "This link was used, replaced or has ended: ask for a new one.":
    "Ce lien a servi, a été remplacé ou a expiré\u202f: demandez-en un nouveau.",
  "Too many failed sign-ins. Wait and try again.": "Trop de connexions échouées. Attendez un peu, puis réessayez.",
  "{} is an operator already.": "{} est déjà opérateur.",
  "A name has 1 to {} characters and no NUL.": "Un nom compte de 1 à {} caractères.",
  "A number lies between -10¹⁵ and 10¹⁵.": "Un nombre se situe entre -10¹⁵ et 10¹⁵.",
  "A part of all people ends after it begins.": "La part doit finir après son début.",
  "A pattern is {} characters long at most and holds no NUL.": "Un motif compte au plus {} caractères.",
  "A polygon goes once around the earth at most: 360 degrees of longitude.":
    "Un polygone fait au plus une fois le tour de la Terre\u202f: 360 degrés de longitude.",
  "A polygon has at least three different corners.": "Un polygone a au moins trois sommets différents.",
  "A property is a path of names joined by dots, without quotes or stars; a dot within a name follows a backslash.":
    "Une propriété s’écrit en noms reliés par des points, sans guillemets ni étoiles\u202f; un point qui appartient à un nom suit une barre oblique inverse.",
  "An event property is compared with a fixed moment.": "Une propriété d’événement se compare à une date fixe.",
  "A radius is more than 0 and at most {} metres.": "Un rayon est supérieur à 0 et d’au plus {} mètres.",
  "A rule has exactly one of all, any and not, or is a condition with a kind.":
    "Une règle est un groupe (all, any ou not) ou une condition d’une sorte connue.",
  "A rule is an object: all, any, not, or a condition with a kind.":
    "Une règle est un groupe (all, any ou not) ou une condition d’une sorte connue.",
  "{} of a device is tested by {}.": "{} d’un appareil se teste par {}.",
  "Between compares with two versions, as in 2.9 and 2.10.0.":
    "«\u202fentre\u202f» se compare à deux versions, comme 2.9 et 2.10.0.",
  "With where, a list has an object that passes: is is has, and there is no value.":
    "Avec where, une liste a un élément qui vérifie les tests\u202f: le test est has, sans valeur.",
  "A list inside an object of a list cannot be asked for.":
    "Une liste à l’intérieur d’un élément d’une liste ne peut pas être interrogée.",
  "Counting its tests of objects in lists, a rule may have at most {} conditions.":
    "Avec ses tests d’éléments de listes, une règle compte au plus {} conditions.",
  "A rule may be nested at most {} levels deep.": "Une règle a au plus {} niveaux de groupes.",
  "A rule may be at most {} bytes long.": "Une règle compte au plus {} octets.",
  "A rule may have at most {} conditions.": "Une règle compte au plus {} conditions.",
  "A text is 1,000 characters long at most and holds no NUL.": "Un texte compte au plus 1\u202f000 caractères.",
  "A topic's name cannot hold a NUL.": "Ce nom de sujet contient un caractère interdit.",
  "A version is up to four numbers joined by dots, as in 2.10.0.":
    "Une version s’écrit en quatre nombres au plus, reliés par des points, comme 2.10.0.",
  "A window ends after it begins.": "La période doit finir après son début.",
  "A window has last, ago, calendar, after_first, or from and to.":
    "Une période a last, ago, calendar, after_first, ou from et to.",
  "A length is a whole number and one of s, m, h, d, w, as in 30d: from 1 second to 3,660 days.":
    "Une durée est un nombre entier et une unité, de 1 seconde à 3\u202f660 jours.",
  "A {} lies between -{} and {} degrees.": "Une {} se situe entre -{} et {} degrés.",
  "An area is either a circle or a polygon.": "Une zone est soit un cercle, soit un polygone.",
  "An event's name cannot hold a NUL.": "Ce nom d’événement contient un caractère interdit.",
  "Another active segment of this app has that name.": "Un autre segment de cette application porte déjà ce nom.",
  "Another list of this app has that name.": "Une autre liste de cette application porte déjà ce nom.",
  "Between compares with two numbers.": "«\u00a0Entre\u00a0» demande deux nombres.",
  "Between compares with two values, everything else with one.":
    "«\u00a0Entre\u00a0» demande deux valeurs, les autres comparaisons une seule.",
  "In a window a count is compared with {} at most.": "Dans une période, un nombre de fois se compare à {} au plus.",
  "Only the country has a default, where it is compared with something.":
    "Seul le pays a une valeur par défaut, là où il est comparé à quelque chose.",
  "Segment {} would depend on itself.": "Ce segment s’appuierait sur lui-même.",
  "This list is used by segments: {}.": "Des segments nomment cette liste\u202f: {}.",
  "This segment is used by {}.": "Ce segment sert ailleurs\u202f: {}.",
  "The aggregate {} has no zone.": "Ce calcul («\u00a0{}\u00a0») se fait sans fuseau horaire.",
  "The aggregate {} {}.": "Ce calcul («\u00a0{}\u00a0») {}.",
  "The first length must be the longer one, as in from 60d ago to 30d ago.":
    "La première durée est la plus longue\u202f: d’il y a 60 jours à il y a 30 jours.",
  "The first value must be the smaller one.": "La première des deux valeurs est la plus petite.",
  "The segment has no such version.": "Ce segment n’a pas cette version.",
  "The segment was archived.": "Ce segment a été archivé.",
  "The segment was changed since it was read.": "Ce segment a été modifié entre-temps.",
  "The segment “{}” depends on this one. {}": "Le segment «\u00a0{}\u00a0» s’appuie sur celui-ci. {}",
  "There is no list {}.": "Cette liste n’existe pas.",
  "There is no message {}.": "Ce message n’existe pas.",
  "There is no journey {}.": "Ce parcours n’existe pas.",
  "There is no segment {}.": "Ce segment n’existe pas.",
  "There is no such kind of condition; there are {}.": "Cette sorte de condition n’existe pas.",
  "There is no {} {}.": "Ceci n’existe pas\u202f: {} {}.",
  "Invalid enum value {}; there are {}.": "{} n’existe pas ici\u202f; il y a {}.",
  "There is nothing to compare with here.": "Il n’y a rien à comparer ici.",
  "Not a valid country: use two capital letters (ISO 3166).":
    "Ce n’est pas un code de pays (deux majuscules, ISO 3166).",
  "Not a valid currency: use three capital letters (ISO 4217).":
    "Ce n’est pas un code de devise (trois majuscules, ISO 4217).",
  "This app has no such segment.": "Cette application n’a pas ce segment.",
  "This is a list of at least one rule.": "Il faut au moins une condition.",
  "This is a list of values.": "Il faut une liste de valeurs.",
  'This is a moment: "2026-01-31" or {"ago": "30d"}.':
    "Il faut un moment\u202f: une date, ou une durée avant ou après maintenant.",
  "This is a text that is not empty.": "Il faut un texte.",
  "This is compared with a number between -10¹² and 10¹².": "Cela se compare à un nombre entre -10¹² et 10¹².",
  "This is compared with a number.": "Cela se compare à un nombre.",
  "Not a valid IANA time zone.": "Ce fuseau horaire n’existe pas. Un fuseau s’écrit comme Europe/Paris.",
  "This is no RE2 pattern: {}.": "Ce motif RE2 n’est pas valable\u202f: {}.",
  "This is one value: a text, a number, true or false.":
    "Il faut une seule valeur\u202f: un texte, un nombre, vrai ou faux.",
  "True and false have no order.": "Vrai et faux n’ont pas d’ordre.",
  "With the segments it names, a rule may be nested {} levels deep at most.":
    "Avec les segments qu’elle nomme, une règle a au plus {} niveaux de groupes.",
  "Counting the segments it names, a rule may have at most {} conditions.":
    "Avec les segments qu’elle nomme, une règle compte au plus {} conditions.",
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
  'Who stopped or resumed is told by a window and the one before it: {"last": "30d"} or {"calendar": "this_month"}.':
    "Un arrêt ou une reprise se compare sur une période jusqu’à maintenant, ou sur un jour, une semaine, un mois, un trimestre ou une année, et sur celle d’avant.",
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

const asPattern = (template: string) =>
  new RegExp(
    `^${template
      .split("{}")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("(.+?)")}$`,
    "s",
  );

/**
 * A sentence of the server in the words of a table, numbers as its readers write them; as it is where the table does
 * not have it.
 */
export function objection(message: string, table: Record<string, string>, number: (value: number) => string): string {
  for (const [template, words] of Object.entries(table)) {
    const found = asPattern(template).exec(message);
    if (found === null) continue;
    const parts = found
      .slice(1)
      .map((part) =>
        /^\d{1,3}(,\d{3})+$|^\d+(\.\d+)?$/.test(part)
          ? number(Number(part.replaceAll(",", "")))
          : objection(part, table, number),
      );
    return words
      .split("{}")
      .map((piece, place) => piece + (parts[place] ?? ""))
      .join("");
  }
  return message;
}

/** What publishing a journey objects to has no reasons yet: its own sentences, where {} stands for what varies. */
export const objectionsFr: Record<string, string> = {
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
  "{} tells of test sends, which move nobody through a journey.":
    "{} parle d’envois de test, qui ne font avancer personne dans un parcours.",
  "{} tells of test sends, which start no journey.": "{} parle d’envois de test, qui ne lancent aucun parcours.",
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

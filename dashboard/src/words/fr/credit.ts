/** Essais, objectifs et ce que les messages ont rapporté. */
import type { Words } from "../en";
import type { Format } from "../format";

const boughtBy: Record<string, string> = { "Order Completed": "Ont acheté" };

export const credit = (f: Format): Words["credit"] => ({
  test: "Essai",
  tested: (what) => `Un essai\u202f: ${what}`,
  testEvent: "Rempli d’après",
  testEventHelp: "Un événement récent dont les propriétés remplissent le message",
  testPaste: "Ou collez des propriétés en JSON",
  testPasteHelp: '{"cart_id": "c1", "total": 49}\u202f: ce que le message lit comme event',
  notJson: "Ce n’est pas un objet JSON",
  previewFor: "Remplir pour",
  goesTo: "Destinataire\u202f:",
  noAddress: "Cette personne n’a pas d’adresse sur ce canal\u202f: rien ne partirait.",
  gaps: "Ces valeurs laissent un vide, faute d’être connues\u202f:",
  gap: (variable, field) => `${variable} (dans ${field})`,
  notShown: (field, browsers) => `${browsers} n’affichent pas ${field}.`,
  shownField: { buttons: "de boutons", image: "d’image" },
  heldBack: (reason, detail) => `Le message ne partirait pas\u202f: ${reason}. ${detail}`,
  testReal:
    "Un essai ne compte dans aucun chiffre, ne touche aucun segment et n’ouvre aucun parcours. Son lien de désabonnement est réel.",
  rfmNotYet: (buyers, days, least) =>
    `Pas encore assez\u202f: ${f.number(buyers)} acheteurs sur ${f.number(least.buyers)}, ${f.number(days)} jours sur ${f.number(least.days)}. Les personnes sont comparées entre elles, ce qui ne dit rien de si peu de monde.`,
  rfmHow:
    "Chaque cinquième des personnes est une marche\u202f: depuis quand elles ont acheté, comparées à toutes, et combien de fois.",
  bought: (event) => boughtBy[event] ?? (event ? `«\u202f${event}\u202f»` : "Finis par un événement"),
  otherwise: "Finis autrement",
  goalReached: "Objectif atteint",
  goalHelp: (event) => `«\u202f${event}\u202f» à temps, quel que soit le chemin suivi`,
  brought: "Revenu de ses messages",
  anyTime: "à tout moment",
});

/** Ce que l’on a vu et demandé : noms jamais arrivés, vue d’ensemble, horloge d’une démo. */
import type { Words } from "../en";

export const saw: Words["saw"] = {
  unseenEvent: (name) => `Aucun événement «\u00a0${name}\u00a0» n’est encore arrivé ici. Est-ce bien son nom\u202f?`,
  unseenProperty: (name) =>
    `Aucun des derniers de ces événements n’a «\u00a0${name}\u00a0». Est-ce bien son nom\u202f?`,
  unseenTrait: (name) =>
    `Personne, parmi celles regardées, n’a le trait «\u00a0${name}\u00a0». Est-ce bien son nom\u202f?`,
  unseenInMessage: "Peut-être une faute",
  unseenTraits: (names) =>
    `Personne n’a encore ces traits\u202f: ${names}. Là où le message s’en sert, rien ne paraît, ou leur valeur par défaut.`,
  overviewLine: "Ce qui est parti, et ce que cela a rapporté.",
  brought: "Ce que chaque message a rapporté",
  broughtNone: "Rien n’a encore été envoyé.",
  message: "Message",
  speed: "À quelle vitesse",
  notSent: "Non envoyés",
  notSentNone: "rien n’a été retenu",
  lastEvent: "le dernier événement",
  allMessages: "Tous les messages",
  who: "Qui\u202f?",
  whoIsAt: (step) => `Qui en est à «\u00a0${step}\u00a0»`,
  onlyAt: (step) => `Seulement qui en est à cette étape, ou s’y est arrêté\u202f: ${step}`,
  allRuns: "Montrer tous les passages",
  runsNoneAt: "Personne n’est à cette étape\u202f; qui y est passé a continué.",
  lists: "Listes",
  listsNone: "Sur aucune liste.",
  push: "Push web",
  pushLine:
    "Les pages abonnent les navigateurs avec cette clé publique, la même pour toutes les applications de ce serveur\u202f; ou elles la demandent, comme le montre le guide «\u00a0Receive web push in a browser\u00a0».",
  pushNone: "Ce serveur n’envoie pas de push web.",
  docsLine:
    "Tous les appels et leurs champs, en OpenAPI (JSON)\u202f: pour Postman, Insomnia ou Swagger UI, ou pour générer un client.",
  daysInUtc: "Les jours commencent et finissent à minuit UTC.",
  ownClock: (at) => `Ici, nous sommes le ${at}`,
  ownClockBody:
    "Ce serveur a sa propre horloge, comme celui d’une démo\u202f: l’histoire qu’il joue va plus vite que les jours.",
};

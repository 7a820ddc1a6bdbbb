/** Ce qui attend de partir, en français. */
import type { queue as english } from "../en/queue";

export const queue: typeof english = {
  title: "Ce qui attend",
  line: "Les messages qui ne sont pas encore partis, par canal, et ce qu’ils attendent. De chaque canal, 10\u202f000 au plus sont comptés.",
  nothing: "Rien n’attend.",
  lanes: { transactional: "Appels et essais", journey: "Parcours", campaign: "Campagnes", retry: "Nouveaux essais" },
  inLane: (lane, sentence) => `${lane}\u202f: ${sentence}`,
  entering: (count) => `${count} autres personnes d’audiences ne sont pas encore entrées dans la file.`,
  waiting: (count) => `${count} en attente`,
  waitingMore: (count) => `plus de ${count} en attente`,
  sending: (count, text) => `${text} ${count === 1 ? "est" : "sont"} en train de partir.`,
  turn: (count, text, span) =>
    count === 1 ? `${text} attend son tour depuis ${span}.` : `${text} attendent leur tour, le premier depuis ${span}.`,
  again: (count, text, when) =>
    count === 1 ? `${text} est dû le ${when}.` : `${text} sont dus plus tard, le premier le ${when}.`,
  held: (count, text, rule, when) =>
    count === 1
      ? `${text} est retenu par ${rule} et réexaminé le ${when}.`
      : `${text} sont retenus par ${rule} et réexaminés à partir du ${when}.`,
  heldNow: (count, text, rule) =>
    count === 1
      ? `${text} était retenu par ${rule} et est réexaminé maintenant.`
      : `${text} étaient retenus par ${rule} et sont réexaminés maintenant.`,
  paused: (count, text) =>
    count === 1 ? `${text} attend que son parcours reprenne.` : `${text} attendent que leur parcours reprenne.`,
  lacking: (count, text, reason, when) =>
    `${text} ${count === 1 ? "attend" : "attendent"} au plus tard jusqu’au ${when} ce qui manque\u202f: ${reason}.`,
};

/** La vue d’ensemble, et la carte de qui achète quand et combien de fois. */
import type { Words } from "../en";
import type { Format } from "../format";

export const overview = (f: Format): Words["overview"] => ({
  title: "Vue d’ensemble",
  tooFast: (unsettled: string) =>
    `Cette application envoie plus vite que ses événements ne sont traités\u202f: ${unsettled} attendent`,
  tooFastBody:
    "Rien de ce qui a été accepté n’est perdu, et aucune autre application n’attend pour autant. Tant que le nombre permis n’est pas traité, les requêtes attendent quelques secondes, puis sont priées de revenir.",
  tooFastRefused: (refused: string) =>
    `Requêtes refusées depuis le démarrage du serveur\u202f: ${refused}. Les bibliothèques Segment les renvoient d’elles-mêmes\u202f; tout autre expéditeur doit renvoyer ce qui reçoit la réponse 429.`,
  people: "Personnes",
  events: "Événements",
  lastEvent: "le dernier",
  lag: "En attente",
  lagDetail: "lots du journal pas encore comptés",
  settled: "À jour\u202f: tout ce qui est reçu est compté",
  late: (span) => `Les segments ont ${span} de retard`,
  lateBody:
    "Le plus ancien événement reçu, ou la plus ancienne période close, n’est pas encore compté après ce temps. Les membres d’un segment peuvent ne pas être à jour ; rien n’est perdu. Si cela dure, regardez la charge et le journal du serveur.",
  gone: "Rien n’est compté pour l’instant",
  goneBody:
    "Le serveur ne répond pas, ou son travailleur redémarre. Les événements sont toujours reçus là où le serveur tourne ; tailles et membres peuvent ne pas être à jour.",
  sent: "Envoyés",
  opened: "Ouverts",
  clicked: "Cliqués",
  converted: "Convertis",
  revenue: "Revenu",
  revenueDetail: "des conversions après un message",
  notSent: (n) => `${f.number(n)} non envoyés`,
  ofSent: (share) => `${share} des envois`,
  ofMails: (share) => `${share} des e-mails`,
  ofAimed: (share) => `${share} des messages avec objectif`,
  overTime: "Segments au fil du temps",
  segments: "Plus grands segments",
  skipped: "Non envoyés, et pourquoi",
  skippedNone: "Rien n’a été retenu.",
  rfm: "Quand et combien de fois on achète",
  rfmBody: (people, event) => `${f.number(people)} personnes avec au moins un «\u00a0${event}\u00a0».`,
  rfmNone: (event) => `Personne n’a encore d’événement «\u00a0${event}\u00a0».`,
  rfmRecency: "achat plus récent",
  rfmFrequency: "achats plus fréquents",
  empty: "Aucun événement pour l’instant",
  emptyBody: "Envoyez le premier depuis votre site ou votre serveur\u202f: cette page se remplit en une seconde.",
  emptyStep: "Envoyer le premier événement",
  latency: {
    event_to_segment: (half, most) => `De l’événement au segment\u00a0: la moitié en ${half}, 99\u00a0% en ${most}.`,
    event_to_message: (half, most) => `De l’événement au message\u00a0: la moitié en ${half}, 99\u00a0% en ${most}.`,
  },
  chartTable: "Voir en tableau",
  chartHide: "Masquer le tableau",
  day: "Jour",
});

export const rfm: Words["rfm"] = {
  Champions: "Champions",
  Loyal: "Fidèles",
  "Potential Loyalist": "Bientôt fidèles",
  New: "Nouveaux",
  Promising: "Prometteurs",
  "Need Attention": "À soigner",
  "About To Sleep": "S’endorment",
  "At Risk": "À risque",
  "Can't Lose": "À ne pas perdre",
  Hibernating: "En sommeil",
};

/** Les événements : les sortes d’appels, et ce que Relance écrit lui-même. */
import type { Words } from "../en";

export const kinds: Words["kinds"] = {
  track: "a fait",
  page: "a vu la page",
  screen: "a vu l’écran",
  identify: "s’est identifiée",
  alias: "a été liée à un autre identifiant",
  group: "a rejoint un groupe",
  edit: "a été modifiée",
  merge: "a été fusionnée",
  delete: "a été supprimée",
  derived: "Relance a noté",
};

export const noted: Words["noted"] = {
  segment_entered: "est entrée dans le segment",
  segment_left: "est sortie du segment",
  segment_merged: "a été réunie à une autre fiche, membre du segment",
  session_started: "est revenue (début de session)",
  journey_entered: "est entrée dans le parcours",
  journey_left: "a fini ou quitté le parcours",
  message_sent: "a été destinataire de",
  message_skipped: "n’a pas reçu",
  message_failed: "n’a pas pu recevoir",
  message_tested: "a reçu un test de",
  message_delivered: "a reçu",
  message_opened: "a ouvert",
  message_clicked: "a cliqué",
  message_dismissed: "a balayé",
  message_bounced: "n’a pas pu être jointe par",
  message_complained: "a signalé comme spam",
  message_unsubscribed: "s’est désabonnée par",
  message_converted: "a fait ce qu’on espérait, après",
};

export const happened: Words["happened"] = {
  segment_entered: "une entrée dans un segment",
  segment_left: "une sortie de segment",
  segment_merged: "un membre de segment réuni à une autre personne",
  session_started: "un début de session",
  journey_entered: "une entrée dans un parcours",
  journey_left: "une sortie de parcours",
  message_sent: "un message envoyé",
  message_skipped: "un message retenu",
  message_failed: "un message échoué",
  message_tested: "un test envoyé",
  message_delivered: "un message arrivé",
  message_opened: "un message ouvert",
  message_clicked: "un message cliqué",
  message_dismissed: "un message balayé",
  message_bounced: "un message rejeté",
  message_complained: "un message signalé comme spam",
  message_unsubscribed: "un désabonnement",
  message_converted: "une conversion",
};

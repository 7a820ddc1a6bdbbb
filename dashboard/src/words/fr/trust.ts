/** Ce que les pages ont de crédit, et comment les identifiants sont signés. */
import type { Words } from "../en";

export const trust: Words["trust"] = {
  question: "Vos pages signent-elles les identifiants\u202f?",
  yes: "Oui",
  yesHelp:
    "Pour chaque visiteur connecté votre serveur fait un jeton, que les pages envoient. Personne ne peut parler pour quelqu’un d’autre.",
  notYet: "Pas encore",
  notYetHelp:
    "Les pages sont crues sur parole, pour essayer sans serveur. Quiconque lit le source d’une page peut alors parler pour les personnes dont votre serveur n’a rien dit. Vous pourrez changer cela à tout moment.",
  snippet: "Comment un serveur signe",
  title: "Qui peut nommer un identifiant",
  line: "Une page prouve un identifiant par un jeton signé par votre serveur. Sans lui l’événement est gardé, mais ne change rien de la personne.",
  trusting: "Croire sur parole les pages qui ne signent rien",
  trustingHelp:
    "Pour un premier essai. Quiconque lit le source d’une page peut alors parler pour les personnes dont votre serveur n’a rien dit.",
  confirming: "Faire confirmer les nouvelles adresses",
  confirmingHelp:
    "Une adresse e-mail donnée par une page non signée, et qui n’est à personne, reçoit un seul message avec un bouton. Tant qu’il n’est pas pressé, rien d’autre n’y est envoyé.",
  secret: "Secret pour signer",
  shown: "Ceci n’est montré qu’une fois. Gardez-le sur votre serveur.",
  create: "Nouveau secret",
  remove: "Supprimer",
  removeTitle: "Supprimer ce secret\u202f?",
  removeBody: "Les jetons qu’il a signés ne prouvent plus rien.",
  none: "Il n’y a pas de secret\u202f: aucun jeton ne peut prouver un identifiant.",
  both: "Les deux secrets valent\u202f: signez avec le nouveau, puis supprimez l’ancien.",
  since: "depuis",
  yourSecret: "VOTRE_SECRET",
  noticeTitle: "Les pages sont crues sur parole",
  notice:
    "Cette application fait confiance aux pages non signées. Quiconque lit le source d’une page peut nommer n’importe quel identifiant et parler pour les personnes dont votre serveur n’a rien dit.",
  noticeStep: "Signer les identifiants",
};

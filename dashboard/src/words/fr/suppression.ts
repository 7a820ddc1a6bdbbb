import type { Words } from "../en";
import type { Format } from "../format";

export const suppression = (f: Format): Words["suppression"] => ({
  title: "Liste de suppression",
  link: "Liste de suppression",
  line: "Les adresses auxquelles plus rien ne part, pas même un reçu, qui que ce soit qui les ait ou les apporte plus tard.",
  search: "L’adresse commence par",
  channel: "Canal",
  why: "Pourquoi",
  all: "Tous",
  address: "Adresse",
  since: "Depuis",
  reason: {
    bounced: "Rejetée par le serveur",
    complained: "Signalée comme spam",
    manual: "Ajoutée à la main",
    imported: "D’un fichier",
  },
  by: (name) => `par ${name}`,
  byRelance: "par Relance",
  forgotten: "Adresse d’une personne supprimée",
  empty: "Aucune adresse dans la liste",
  emptyBody:
    "Les adresses y entrent d’elles-mêmes quand elles sont rejetées ou quand leur lecteur signale un message comme spam. Vous pouvez aussi en ajouter une, ou un fichier avec la liste de votre ancien fournisseur.",
  none: "Aucune adresse de la liste ne correspond.",
  allowComplained: (address) =>
    `La personne qui lit ${address} a signalé un message comme spam. Y écrire à nouveau fait douter les messageries de tous les e-mails de votre domaine. Ne l’autorisez que si elle vous a redemandé des messages. Le marketing reste refusé tant qu’elle n’y consent pas à nouveau.`,
  add: "Ajouter une adresse",
  addBody: "Plus rien n’y est envoyé, tout de suite et pour de bon, tant qu’un opérateur ne l’autorise pas à nouveau.",
  addDo: "Ajouter cette adresse",
  note: "Note",
  noteHelp: "La raison, pour vos collègues. Elle est oubliée quand la personne est supprimée.",
  file: "Importer un fichier",
  tooLarge: "Le fichier dépasse 50 Mo\u202f: découpez-le.",
  imported: (n) => (n === 1 ? "1 adresse a été ajoutée." : `${f.number(n)} adresses ont été ajoutées.`),
  already: (n) => (n === 1 ? "1 était déjà dans la liste." : `${f.number(n)} étaient déjà dans la liste.`),
  badLines: (n) => (n === 1 ? "1 ligne a été laissée de côté" : `${f.number(n)} lignes ont été laissées de côté`),
  atLine: (n) => `Ligne ${n}\u202f:`,
  stopped: {
    title: (domain) => `Le marketing de ${domain} est arrêté`,
    why: (share, complained, delivered) =>
      `${share} de ce qui a été livré en 24 heures a été signalé comme spam (${complained} sur ${delivered}). Les messageries demandent de rester sous 0,3\u00a0%. Les reçus et les autres messages que les personnes ont demandés partent toujours.`,
    todo: "Que faire\u202f: regardez ce qui est parti en dernier, et à qui. N’écrivez qu’à des personnes qui y ont consenti et qui ouvrent encore vos messages, et rendez le désabonnement facile.",
    resume: "Reprendre le marketing",
    resumeTitle: "Reprendre le marketing\u202f?",
    resumeBody: (domain) =>
      `Le marketing de ${domain} repart dès maintenant\u202f; ce qui a été sauté ne partira pas plus tard. Ce qui s’est passé jusqu’ici ne compte plus. Il s’arrête de nouveau à la même part.`,
    resumeDo: "Reprendre le marketing",
    resumed: "Repris. Le marketing part à nouveau.",
  },
  audience: {
    title: (message) => `«\u202f${message}\u202f» s’est arrêté pour son audience`,
    why: (share, failed, rendered) =>
      `${share} de ses messages n’ont pas pu être remplis (${failed} sur ${rendered}). Ils ont été sautés\u202f; les personnes dont le tour n’était pas venu attendent encore.`,
    todo: "Que faire\u202f: voyez l’erreur dans les livraisons du message, corrigez-le, puis reprenez l’envoi.",
    open: "Ouvrir le message",
    resume: "Reprendre",
    resumeTitle: "Reprendre l’envoi à l’audience\u202f?",
    resumeBody:
      "Les personnes qui attendent reçoivent le message tel qu’il est maintenant. Les échecs se comptent de nouveau depuis zéro. Les personnes sautées ne le reçoivent pas.",
    resumed: "L’envoi à l’audience reprend.",
    cancel: "Annuler",
    cancelTitle: "Annuler l’audience\u202f?",
    cancelBody: "Les personnes qui attendent encore ne reçoivent pas le message. C’est définitif.",
    cancelled: "L’audience est annulée.",
  },
  export: "Exporter la liste en CSV",
});

/** Les listes. */
import type { Words } from "../en";
import type { Format } from "../format";

export const lists = (f: Format): Words["lists"] => ({
  title: "Listes",
  link: "Listes",
  line: "Des personnes réunies à la main ou d’après un fichier. Les règles les demandent\u202f: «\u00a0sur la liste…\u00a0».",
  create: "Nouvelle liste",
  createDo: "Créer la liste",
  empty: "Aucune liste pour l’instant",
  emptyBody:
    "Une liste tient les personnes que vous choisissez vous-même\u202f: les invités d’une soirée, les clients d’une ancienne boutique, des testeurs. Collez leurs adresses ou leurs identifiants, puis servez-vous de la liste dans un segment, seule ou avec d’autres conditions.",
  made: "Créée",
  by: "Par",
  people: (n) => (n <= 1 ? `${n} personne y est` : `${f.number(n)} personnes y sont`),
  nobody: "Personne n’y est encore. Collez des adresses ou des identifiants pour y mettre du monde.",
  some: "Quelques-unes",
  used: "Où elle sert",
  usedNone: "Aucun segment ne la demande encore.",
  useIt: "En faire un segment",
  usedWarning: "Tant qu’un segment la demande, la liste ne peut pas être archivée.",
  add: "Y mettre des personnes",
  remove: "En retirer",
  paste: "Adresses e-mail ou identifiants",
  pasteHelp: "Un par ligne, ou séparés par des virgules. D’un fichier CSV, vous choisissez la colonne.",
  file: "Choisir un fichier",
  fileTooLarge: "Le fichier dépasse 10 Mo\u202f: coupez-le en morceaux.",
  entries: (n) => (n <= 1 ? `${n} entrée` : `${f.number(n)} entrées`),
  run: (n) => `Mettre sur la liste (${f.number(n)})`,
  runOff: (n) => `Retirer de la liste (${f.number(n)})`,
  whichColumn: "Quelle colonne\u202f?",
  whichColumnHelp: "Celle des adresses e-mail ou de vos propres identifiants",
  hasHeader: "La première ligne nomme les colonnes",
  column: (n) => `Colonne ${n}`,
  firstOfThem: "Les premières\u202f:",
  fileUnread: "Le fichier ne peut pas être lu",
  fileEmpty: "Ce fichier est vide.",
  encoding: "Son codage",
  encodingHelp: "windows-1252 est ce qu’Excel appelle «\u00a0CSV\u00a0» sous Windows",
  tooLong: (n) =>
    n <= 1
      ? "1 entrée, trop longue pour un identifiant ou une adresse, est laissée de côté."
      : `${f.number(n)} entrées, trop longues pour un identifiant ou une adresse, sont laissées de côté.`,
  working: (done, all) => `${done} entrées sur ${all} traitées`,
  added: (n) => (n <= 1 ? `${n} personne mise sur la liste.` : `${f.number(n)} personnes mises sur la liste.`),
  removed: (n) => (n <= 1 ? `${n} personne retirée de la liste.` : `${f.number(n)} personnes retirées de la liste.`),
  unknown: (n) =>
    n <= 1 ? `${n} entrée n’est celle de personne ici` : `${f.number(n)} entrées ne sont celles de personne ici`,
  unknownHelp:
    "Personne n’a cette adresse ou cet identifiant\u202f: rien n’a été changé. Relance ne crée jamais une personne d’après une liste.",
  unknownSave: "Les enregistrer dans un fichier",
  stoppedAt: (n) => `Arrêté après ${n} entrées, qui sont faites. Réessayez avec le reste.`,
  archive: "Archiver",
  archiveTitle: "Archiver cette liste\u202f?",
  archiveBody: "Elle ne pourra plus servir, et son nom sera libre. Les personnes restent telles quelles.",
});

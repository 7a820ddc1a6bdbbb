/** Les versions d’un segment, et deux personnes qui le modifient à la fois : en français. */
import type { versionsEn } from "./versions-en";

export const versionsFr: typeof versionsEn = {
  title: "Versions", link: "Versions", line: "Chaque modification est gardée\u202f: qui l’a faite, quand, et ce qu’elle a changé.", version: (n) => `Version ${n}`, now: "Actuelle", by: (who) => `par ${who}`, first: "La première version", archived: "Archivé à ce moment",
  added: "Ajouté", removed: "Retiré", renamed: (before, after) => `Renommé de «\u00a0${before}\u00a0» en «\u00a0${after}\u00a0»`, regrouped: "Les mêmes conditions, réunies autrement", same: "Rien ne change quant au sens", compareTitle: "Comparer deux versions", from: "De", to: "À", restore: "Rétablir", restoreTitle: (n) => `Rétablir la version ${n}\u202f?`,
  restoreBody: "Voici ce qui change. Ce sera une nouvelle version, et l’on entre et sort aussitôt.", restoreDo: "La rétablir", restored: "Rétabli. On y entre et on en sort aussitôt.", counts: (before, after) => `${before} personnes en font partie\u202f; il y en aurait ${after}.`,
  conflictTitle: "Quelqu’un d’autre a modifié ce segment pendant que vous l’éditiez", conflictBody: "Rien n’est perdu\u202f: les deux sont là. Choisissez ce qui doit rester.", mine: "La vôtre", theirs: (who, at) => `La sienne\u202f: enregistrée par ${who} le ${at}`, theirChange: "Ce qui y a changé", keepMine: "Garder la mienne", keepMineHelp: "Votre règle prend la place de la sienne, qui reste parmi les versions.", takeTheirs: "Prendre la sienne", takeTheirsHelp: "Vos changements sont abandonnés, et vous repartez de ce qui est enregistré.", gone: "Le segment a été archivé entre-temps\u202f: il ne peut plus être modifié.",
};

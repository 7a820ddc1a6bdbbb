/** Pourquoi une personne est dans un segment, ou non : en français. */
import type { explainEn } from "./explain-en";

export const explainFr: typeof explainEn = {
  why: "Pourquoi\u202f?", title: (segment) => `Pourquoi dans «\u00a0${segment}\u00a0», ou pas\u202f?`,
  inside: "Dans le segment", outside: "Pas dans le segment", settling: "Le segment n’a pas encore pris en compte ce qui est trouvé ici. Ce sera fait dans la seconde.",
  verdict: (name, inside) => `${name} ${inside ? "est" : "n’est pas"} dans ce segment`,
  leaves: (at) => `Si rien ne se passe d’ici là, en sort le ${at}.`, enters: (at) => `Si rien ne se passe d’ici là, y entre le ${at}.`, stays: "Le temps seul n’y changera rien\u202f: il faut du nouveau.", atLeast: (at) => `Reste ainsi au moins jusqu’au ${at}, si rien ne se passe.`,
  tree: "Condition par condition", holds: "Remplie", fails: "Non remplie", groups: { all: "Toutes doivent être remplies", any: "Au moins une doit être remplie", none: "Aucune ne doit être remplie", notall: "Pas toutes à la fois" },
  until: (at) => `jusqu’au ${at}`, untilAtLeast: (at) => `au moins jusqu’au ${at}`, unfold: (name) => `Montrer la règle de «\u00a0${name}\u00a0»`, fold: (name) => `Cacher la règle de «\u00a0${name}\u00a0»`,
  events: "Les événements qui décident, du plus récent au plus ancien", found: {
    count: (n) => (n === "0" ? "Jamais arrivé" : `Arrivé ${n} fois`), sum: (n) => `Total de ${n}`, average: (n) => `${n} en moyenne`, min: (n) => `Le plus bas est ${n}`, max: (n) => `Le plus haut est ${n}`, distinct: (n) => (n === "1" ? "1 valeur" : `${n} valeurs différentes`), days: (n) => (n === "1" ? "Sur 1 jour" : `Sur ${n} jours différents`), first: (at) => `La première fois le ${at}`, last: (at) => `La dernière fois le ${at}`,
    pairs: (n) => (n === "0" ? "Jamais arrivé" : `Arrivé ${n} fois`), gaps: (n) => `Silence de ${n} fois le délai habituel`, inside: (n) => `${n} dans la période`, unopened: (n) => (n === "1" ? "1 non ouvert" : `${n} non ouverts`), value: (text) => `Vaut ${text}`, default: (text) => `Inconnu\u202f: ${text} est retenu, celui de l’application`, spot: (text) => `Dernière position connue : ${text}`, percent: (n) => `Tirage à ${n} %`,
  },
  outsideWindow: (at) => `La dernière fois le ${at}, hors de la période regardée`,
  came: (times, at) => (times === 0 ? `Aucune entrée. Dernière position connue : ${at}` : `Entrée ${times} fois, la dernière à ${at}`), metresAway: (text, metres) => `${text}, à ${metres} m du centre`, openSegment: "Ouvrir le segment", nothing: "Rien trouvé", askPerson: "Demander pour une autre personne", askSegment: "Demander pour un autre segment", askHelp: "Pourquoi elle y est, ou pourquoi pas",
};

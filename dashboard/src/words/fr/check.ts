/** La vérification d’un message avant l’envoi. */
import type { check as english } from "../en/check";

export const check: typeof english = {
  title: "Vérifier avant l’envoi",
  help: "Remplit le message pour 200 personnes au plus, comme s’il partait maintenant. Rien ne part.",
  segment: "Parmi les membres de",
  everybody: "toute l’application",
  go: "Vérifier",
  people: (n) => `Vérifié pour ${n} personne${n > 1 ? "s" : ""}.`,
  withoutAddress: (n) => `${n} n’${n > 1 ? "ont" : "a"} pas d’adresse sur ce canal.`,
  fine: "Rien ne manque et rien n’échoue.",
  faults: "Ne partirait pas à ces personnes",
  missing: "Ces valeurs laissent un vide",
  links: "Liens à regarder",
  local: "ne s’ouvre que sur cette machine",
  insecure: "n’est pas en https",
  of: (n) => `${n} personne${n > 1 ? "s" : ""}\u202f:`,
  example: "Par exemple",
  read: (n) => `${n} lecteur${n > 1 ? "s" : ""}`,
  largest: (size, most, unit) => `Au plus ${size} sur ${most} ${unit}.`,
  tooLarge: (size, most, unit) => `Jusqu’à ${size} ${unit}\u202f: plus que ${most}, les messageries coupent le reste.`,
  unit: { bytes: "octets", characters: "caractères" },
};

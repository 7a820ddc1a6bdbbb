/** Le bac à sable : ce qui arrive tant que rien ne part vraiment. */
import type { Words } from "../en";

export const sandbox: Words["sandbox"] = {
  title: "Bac à sable",
  body: "Ce que ce serveur a envoyé, comme le montrent un téléphone et une messagerie. Ouvrir et cliquer ici passe par les vrais liens de suivi.",
  phones: "Téléphones",
  mail: "Messagerie",
  phonesNone: "Aucun téléphone",
  phonesNoneBody: "Un téléphone apparaît quand la démo, ou une personne d’essai, s’abonne au push.",
  pushesNone: "Rien sur cet écran pour l’instant.",
  mailNone: "La messagerie est vide",
  mailNoneBody: "Sans serveur SMTP configuré, les e-mails arrivent ici. Envoyez un essai depuis la page d’un message.",
  choose: "Choisissez un e-mail pour le lire.",
  from: "De",
  to: "À",
  off: "Le bac à sable intégré est désactivé sur ce serveur.",
  searchPhones: "Trouver un téléphone",
  searchMail: "Chercher un e-mail par sujet ou adresse",
  openLink: "Ouvrir",
  lockScreen: (name) => `Écran verrouillé de ${name}`,
  message: "L’e-mail, tel que reçu",
};

/** Son propre compte et les autres opérateurs, en français. */
import type { accountEn } from "./account-en";
import type { Format } from "./format";

export const accountFr = (f: Format): ReturnType<typeof accountEn> => ({
  title: "Votre compte", line: (email: string) => `Vous êtes connecté en tant que ${email}.`,
  reveal: "Montrer ou cacher le mot de passe", password: "Mot de passe", passwordBody: "Le changer vous déconnecte partout ailleurs.", current: "Mot de passe actuel", next: "Nouveau mot de passe", change: "Changer le mot de passe", changed: "Votre mot de passe est changé, et vous êtes déconnecté partout ailleurs.",
  sessions: "Où vous êtes connecté", sessionsBody: "Une session se ferme d’elle-même quand elle ne sert plus.", here: "ce navigateur", from: "Depuis", last: "Dernière utilisation", browser: "Navigateur", unknownBrowser: "Navigateur inconnu", end: "Y fermer la session", endAll: "Se déconnecter partout ailleurs", endAllTitle: "Se déconnecter partout ailleurs\u202f?", endAllBody: "Toutes vos autres sessions se ferment aussitôt. Celle-ci reste ouverte.", ended: (n: number) => (n <= 1 ? `${f.number(n)} session fermée.` : `${f.number(n)} sessions fermées.`),
  operators: "Opérateurs", operatorsBody: "Chacun d’eux voit toutes les applications et peut tout changer.", who: "Opérateur", state: "État", active: "peut se connecter", invited: "invité", you: "vous", invite: "Inviter un opérateur", inviteDo: "Créer le lien", name: "Nom", email: "Adresse e-mail",
  link: "Choisir un nouveau mot de passe…", linkTitle: (name: string) => `Laisser ${name} choisir un nouveau mot de passe\u202f?`, linkBody: "Vous obtenez un lien qui sert une fois, pendant un jour, et annule tout lien précédent. Qui l’ouvre peut se connecter\u202f: transmettez-le en privé.", linkDo: "Créer le lien",
  linkShown: (name: string) => `Envoyez ce lien à ${name}`, linkShownBody: (at: string) => `Il sert une seule fois, jusqu’au ${at}, et n’est montré qu’ici. Qui l’ouvre peut se connecter\u202f: transmettez-le en privé.`,
  remove: "Retirer…", removeTitle: (name: string) => `Retirer ${name}\u202f?`, removeBody: "Cette personne est déconnectée aussitôt et ne peut plus se connecter. Ce qu’elle a fait reste sous son nom.", removeDo: "Retirer",
  forgot: "Mot de passe oublié\u202f?", forgotBody: "Un autre opérateur peut vous créer un lien pour en choisir un nouveau, sous «\u00a0Votre compte\u00a0». Si vous êtes seul, lancez ceci sur le serveur\u202f:",
  chooseTitle: "Choisissez votre mot de passe", chooseDo: "Enregistrer et se connecter", noToken: "Cette adresse est incomplète\u202f: ouvrez le lien tel qu’il vous a été envoyé.", spent: "Ce lien a servi, a été remplacé ou a expiré. Demandez-en un nouveau.",
});

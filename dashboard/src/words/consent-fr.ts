import type { consentEn } from "./consent-en";

export const consentFr: typeof consentEn = {
  note: "Noter un oui ou un non", noteTitle: "Noter ce que cette personne a dit", answer: "Sa réponse", yes: "Oui", no: "Non", channel: "Canal", topicHelp: "«\u202fgeneral\u202f» est tout le marketing.",
  liftsNo: "Cette personne a dit non. Un oui donné depuis le lève, aussi pour ses adresses. Dites où il a été donné et à quoi elle a dit oui.", yesHelp: "Un oui donné par la personne, que vous pouvez montrer. Les traits qu’une application répète n’ont pas besoin d’être notés.",
  noHelp: "Désormais aucun marketing de ce type ne part vers elle ni vers aucune de ses adresses, quoi que disent ses traits. Seul un oui plus récent, avec sa formulation, le lève.",
  source: "Où cela a été dit", sourceExample: "au téléphone, bon de commande, 2026-11…", sourceMissing: "Dites où le oui a été donné.", wording: "Ce à quoi elle a dit oui", wordingExample: "Oui, envoyez-moi les offres de la boutique par e-mail.", wordingMissing: "Indiquez les mots auxquels elle a dit oui.", words: "Ses mots",
  given: "Quand cela a été dit", givenHelp: "Maintenant, si c’est vide.", noteYes: "Noter le oui", noteNo: "Noter le non", noted: "Noté. Cela vaut dès maintenant.",
  saidYes: "la personne a dit oui", saidNo: "la personne a dit non", refusedAddress: "quelqu’un qui avait l’adresse auparavant a dit non",
  history: "Ce qui a été dit des messages", historyHelp: "Chaque oui et chaque non, le plus récent d’abord, avec sa source et ce qui le montre.", historyNone: "Rien n’a jamais été dit.", explicit: "dit par ou pour la personne", told: "transmis avec des traits", recorded: "noté",
  operator: (number) => `opérateur ${number}`, key: (number) => `clé d’API ${number}`,
  sources: { unsubscribe: "Désabonnement par un message", identify: "Un trait", context: "Le contexte d’un événement", edit: "Une modification", import: "Un import", page: "la page derrière le lien", one_click: "le bouton en un clic de la messagerie" },
  proof: { by: "Par", delivery: "Envoi", message: "Message", event: "Événement" },
  bounced: "la boîte n’existait pas", tooManyDevices: "remplacé par des appareils plus récents\u202f: 50 sont gardés", notAsked: "sans e-mail de confirmation\u202f: il en est trop parti en une heure", allow: "Autoriser à nouveau", allowTitle: "Autoriser à nouveau cette adresse\u202f?", allowDo: "Autoriser à nouveau cette adresse", allowed: "Autorisée. Des messages peuvent à nouveau y partir.",
  allowBody: (address) => `Les messages vers ${address} sont bloqués. Y sont-ils à nouveau souhaités\u202f? Ce que la personne a refusé reste refusé.`,
  allowBounced: (address) => `Le serveur de courrier a dit que la boîte ${address} n’existe pas ou ne prend pas de courrier. Êtes-vous sûr qu’elle fonctionne maintenant\u202f? Écrire à des boîtes qui n’existent pas nuit à votre réputation d’expéditeur. Ce que la personne a refusé reste refusé.`,
  block: "Bloquer", blockTitle: "Bloquer cette adresse\u202f?", blockDo: "Bloquer cette adresse", blocked: "Bloquée. Plus rien n’y est envoyé.", blockBody: (address) => `Plus rien n’est envoyé à ${address}, pas même un reçu, qui que ce soit qui l’apporte, tant que vous ne l’autorisez pas à nouveau.`,
  pausedTitle: (service) => `Le web push par ${service} est en pause`, pausedSince: "Depuis",
  paused: "le service refuse la clé de ce serveur. Personne n’a perdu son abonnement\u202f: les messages attendent tant qu’ils valent la peine, et l’un d’eux est essayé de temps en temps. Le premier accepté lève la pause.",
  pausedDo: "Que faire\u202f: vérifiez que vapid.pem, dans le dossier de données, est le fichier avec lequel les navigateurs se sont abonnés (restaurez-le d’une sauvegarde s’il a été remplacé) et que le réglage vapid_contact est une adresse à vous.", pausedSaid: "Le service a dit\u202f:", pausedNext: "Prochain essai\u202f:",
};

/** Le constructeur de règles, en français. */
import type { builderEn } from "./builder-en";

export const builderFr: typeof builderEn = {
  kinds: {
    behaviour: "Ce que la personne a fait", trait: "Ce qu’on sait d’elle", sequence: "Une chose, puis une autre", lifecycle: "Première fois, arrêt, reprise", rhythm: "Absente plus que d’habitude",
    message: "Messages reçus ou ouverts", unopened: "Derniers messages non ouverts", segment: "Dans un autre segment", list: "Sur une liste", person: "Lieu, appareil, visites, provenance", device: "A un appareil qui…", subscription: "Un canal où la joindre", consent: "Ce qu’elle a accepté", place: "Près d’un lieu, ou dans une zone", entered: "Entrée dans une zone", bucket: "Une part tirée au sort",
  },
  join: { all: "Toutes ces conditions", any: "Au moins une de ces conditions", none: "Aucune de ces conditions", notall: "Pas toutes ces conditions" },
  joints: { all: "et", any: "ou", none: "ni", notall: "et" },
  starters: "Pour commencer", starter: { cart: "Panier laissé", buyers: "Achat ces 30 derniers jours", lapsed: "N’achète plus", away: "Absence inhabituelle", tired: "Lassitude des messages" },
  draftBack: "Ce que vous aviez saisi ici sans l’enregistrer est de retour.", draftDrop: "Repartir de zéro", removed: "La condition est retirée.", removedGroup: "Le groupe est retiré.", undo: "Rétablir",
  joinLabel: "Comment les réunir", group: "Groupe", condition: (n) => `Condition ${n}`, kind: "Sorte de condition", add: "Ajouter une condition", addGroup: "Ajouter un groupe", remove: "Retirer cette condition", removeGroup: "Retirer ce groupe", not: "Inverser", notHelp: "Prendre le contraire de la condition",
  valueKinds: { text: "texte", number: "nombre", boolean: "oui ou non", date: "date", list: "liste" },
  reach: (share, channel) => `${share} joignables par ${channel}`, by: { email: "e-mail", web_push: "push web", mobile_push: "push mobile" }, reachNobody: "Aucune n’a d’adresse où écrire.", showMore: "Qui en est", hideSome: "Cacher", some: "Parmi elles :",
  costNothing: "Il est prêt tout de suite, et l’on y entre et en sort à l’instant où quelque chose se passe.", cost: (bytes, events) => `Une fois créé, il relit ${events} événements passés\u202f; ensuite, on y entre et en sort à l’instant où quelque chose se passe. Le serveur garde environ ${bytes} pour lui.`,
  fill: "À remplir.", edit: "Modifier", editTitle: "Modifier le segment", save: "Enregistrer les changements", saved: "Enregistré. On y entre et on en sort aussitôt.", announce: "Prévenir les parcours et les webhooks", announceHelp: "Sans cela, cette modification ne fait démarrer aucun parcours\u202f: seul compte ce qui arrive ensuite. Avec cela, qui entre ou sort par elle compte comme s’il venait de le faire.",
  emptyGroup: "Rien ici\u202f: ajoutez une condition.", wrong: "Cette règle ne peut pas être comptée",
  event: "Événement", aggregate: "Ce qui est compté", aggregates: {
    count: "combien de fois", days: "pendant combien de jours", distinct: "combien de valeurs différentes", sum: "la somme", average: "la moyenne", min: "le minimum", max: "le maximum", first: "la première fois", last: "la dernière fois",
  },
  ofProperty: "De la propriété", days: "Jours", values: "Valeurs", amount: "Montant", compare: "Comparaison", between: "entre", from: "De", to: "À", and: "et", later: "à ce moment ou après", earlier: "à ce moment ou avant",
  window: "Quand", windows: { ever: "depuis toujours", last: "au cours des derniers…", ago: "il y a entre… et…", calendar: "un jour, une semaine, un mois, une année", dates: "entre deux dates", after_first: "dans ses premiers…" },
  calendar: {
    today: "aujourd’hui", yesterday: "hier", this_week: "cette semaine", last_week: "la semaine dernière", this_month: "ce mois-ci", last_month: "le mois dernier",
    this_quarter: "ce trimestre", last_quarter: "le trimestre dernier", this_year: "cette année", last_year: "l’année dernière",
  },
  period: "Période", zone: "Fuseau horaire", zoneHelp: "Celui de l’application ; ou : person", zoneOwn: "Celui de chacun ; celui de l’application s’il est inconnu", number: "Nombre", unit: "Unité", units: { s: "secondes", m: "minutes", h: "heures", d: "jours", w: "semaines" },
  longest: "Au plus loin, il y a", shortest: "Au plus près, il y a", length: "Durée", fromDate: "À partir du", toDate: "Jusqu’au (non compris)",
  where: "Seulement si", ofItem: "Un même élément de la liste vérifie tout ceci", addWhere: "Seulement si une propriété…", removeWhere: "Retirer ce test", property: "Propriété", propertyHelp: "cart.total regarde dans cart", trait: "Trait", is: "Test", value: "Valeur", byDefault: "S’il n’est pas connu", byDefaultHelp: "Le pays de l’application", valueHelp: "5 est un nombre, \"5\" un texte", listHelp: "Entrée après chacune",
  moment: "Moment", moments: { ago: "il y a…", in: "dans…", date: "une date" }, date: "Date", first: "D’abord", then: "Ensuite", absent: "Ce qui suit", follows: { yes: "puis", no: "mais pas" },
  within: "Sous", on: "Avec le même", onHelp: "Par exemple cart_id\u202f; peut rester vide", stage: "Ce qui s’est passé", stages: { first: "l’a fait pour la première fois", stopped: "a cessé de le faire", resumed: "a recommencé" },
  times: "Fois son délai habituel entre deux sessions", did: "Ce qui en a été fait", dids: {
    received: "reçu", shown: "affiché", opened: "ouvert", clicked: "cliqué", dismissed: "écarté", converted: "conversion", unsubscribed: "désabonnement",
  },
  message: "Message", anyMessage: "n’importe quel message", journey: "Parcours", anyJourney: "n’importe quel parcours", channel: "Canal", anyChannel: "n’importe quel canal", last: "Combien des derniers", segment: "Segment", list: "Liste", fact: "Quoi", facts: {
    country: "Pays", region: "Région", city: "Ville", language: "Langue", time_zone: "Fuseau horaire", device_type: "Appareil", os: "Système", os_version: "Version du système", app_version: "Version de l’application",
    first_seen: "Première visite", last_seen: "Dernière activité", sessions: "Nombre de sessions", session_seconds: "Durée des sessions (secondes)", average_session_seconds: "Durée moyenne d’une session (secondes)",
    source: "Source d’acquisition", medium: "Canal d’acquisition", campaign: "Campagne d’acquisition", aliases: "Sortes d’identifiants", device_model: "Modèle de l’appareil", device_manufacturer: "Marque de l’appareil",
    country_source: "D’où vient le pays", language_source: "D’où vient la langue", time_zone_source: "D’où vient le fuseau horaire",
  },
  state: "État", states: { subscribed: "abonnement actif", unsubscribed: "désabonnement", opted_out: "refus du canal", none: "aucune adresse" }, reachable: { email: "E-mail", web_push: "Push web", mobile_push: "Push mobile" },
  topic: "Sujet", answer: "Réponse", answers: { granted: "a accepté", denied: "a refusé", unknown: "n’a jamais répondu" }, version: "Version", fromPercent: "De (pour cent)", toPercent: "À (pour cent)", salt: "Nom du tirage", saltHelp: "Le même nom tire les mêmes personnes",
  area: "Zone", areas: { circle: "un cercle", polygon: "un polygone" }, latitude: "Latitude", longitude: "Longitude", radius: "Rayon (mètres)",
  corners: "Sommets", cornersHelp: "Une latitude et une longitude par ligne, dans l’ordre du contour ; ou un polygone GeoJSON, collé ici", cornersWrong: "Au moins trois sommets : une latitude et une longitude par ligne, ou un polygone GeoJSON d’un seul anneau.", cornersRead: (n) => `${n} sommets`,
  help: {
    behaviour: "Compte un événement", trait: "Formule, ville, anniversaire…", sequence: "A mis au panier, sans commander sous 2 heures", lifecycle: "Les habitudes qui changent", rhythm: "Comparée à sa propre habitude", message: "D’un message, d’un parcours, d’un canal", unopened: "Lassée des messages", segment: "S’appuie sur une autre règle", list: "Des personnes réunies à la main", person: "Tel que Relance l’a établi", device: "Un seul de ses appareils : iOS 17 ou plus récent, avec l’application 2.3 ou plus récente", subscription: "Selon ses adresses et ses refus", consent: "Par canal et par sujet", place: "D’après sa dernière position connue", entered: "D’une position connue à la suivante", bucket: "Pour les essais et les groupes témoins",
  },
};

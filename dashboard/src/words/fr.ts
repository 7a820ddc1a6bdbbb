/** Français. Espaces insécables devant la ponctuation double. */
import { builderFr } from "./builder-fr";
import { explainFr } from "./explain-fr";
import type { Words } from "./en";
import type { Format } from "./format";
import { accountFr } from "./account-fr";
import { listsFr } from "./lists-fr";
import { objection, objectionsFr } from "./objections";
import { versionsFr } from "./versions-fr";

export const fr = (f: Format): Words => ({
  language: "Français",
  objection: (message) => objection(message, objectionsFr, f.number),
  brandLine: "Le bon message, au bon moment, et la preuve de ce qu’il a rapporté.",
  common: {
    skip: "Aller au contenu", loading: "Chargement…", retry: "Réessayer", failed: "Impossible de charger ceci", cancel: "Annuler", save: "Enregistrer", saved: "Enregistré",
    close: "Fermer", more: "En voir plus", copy: "Copier", copied: "Copié", name: "Nom", created: "Création", changed: "Modification", state: "État", never: "jamais", none: "aucun",
    back: "Retour", channel: "Canal", when: "Quand", unreachable: "Le serveur ne répond pas. Est-il en marche\u202f?", delete: "Supprimer", total: "total", person: "Personne", yes: "oui", no: "non",
    stale: "Quelqu’un a modifié ceci entre-temps. Rechargez, puis refaites votre changement.", actions: "Actions", anonymous: "Visiteur anonyme", number: (n) => `Personne ${n}`,
    nothingFound: "Aucun résultat", all: "Tous", notThere: "Cette page n’existe pas", notThereBody: "L’adresse est peut-être ancienne, ou l’objet a été supprimé.",
  },
  nav: {
    main: "Menu principal", overview: "Vue d’ensemble", people: "Personnes", segments: "Segments", lists: "Listes", journeys: "Parcours", messages: "Messages", inbox: "Boîte de réception", developers: "Développeurs",
    app: "Application", menu: "Ouvrir ou fermer le menu", light: "Clair", dark: "Sombre", system: "Comme le système", scheme: "Clair ou sombre", language: "Langue", signOut: "Se déconnecter", account: "Votre compte", newApp: "Nouvelle application…",
  },
  account: {
    setupTitle: "Installer Relance", setupBody: "Vous êtes la première personne ici. Créez le compte opérateur qui tiendra ce serveur.", token: "Jeton d’installation",
    tokenHelp: "Affiché dans le terminal au premier démarrage du serveur.", email: "Adresse e-mail", password: "Mot de passe", passwordHelp: "Au moins 10 caractères\u202f; une petite phrase se retient bien.", yourName: "Votre nom",
    create: "Créer le compte", signInTitle: "Connexion", signIn: "Se connecter", wrong: "Cette adresse et ce mot de passe ne vont pas ensemble.", appTitle: "Votre première application", appBody: "Une application garde ses propres personnes, segments, parcours et clés. Donnez-lui le nom de votre produit.",
    appName: "Nom de l’application", appCreate: "Créer l’application", otherApp: "Nouvelle application",
  },
  sending: {
    stopped: "Tous les envois de cette application sont arrêtés. Les parcours continuent\u202f; leurs messages sont retenus avec le motif «\u00a0envois arrêtés\u00a0».", resume: "Reprendre les envois", stop: "Arrêter tous les envois",
    stopTitle: "Arrêter tous les envois\u202f?", stopBody: "Aucun message ne part de cette application jusqu’à la reprise. Ce qui aurait été envoyé entre-temps est noté comme retenu, et ne partira pas plus tard.", sendingOn: "Les envois sont actifs",
  },
  overview: {
    title: "Vue d’ensemble", people: "Personnes", events: "Événements", lastEvent: "le dernier", lag: "En attente", lagDetail: "lots du journal pas encore comptés", settled: "À jour", late: (span) => `Les segments ont ${span} de retard`, lateBody: "Le plus ancien événement reçu, ou la plus ancienne période close, n’est pas encore compté après ce temps. Les membres d’un segment peuvent ne pas être à jour ; rien n’est perdu. Si cela dure, regardez la charge et le journal du serveur.", gone: "Rien n’est compté pour l’instant", goneBody: "Le serveur ne répond pas, ou son travailleur redémarre. Les événements sont toujours reçus là où le serveur tourne ; tailles et membres peuvent ne pas être à jour.", settledDetail: "tout ce qui est reçu est compté", sent: "Envoyés", opened: "Ouverts", clicked: "Cliqués", converted: "Convertis", revenue: "Revenu",
    revenueDetail: "des conversions après un message", notSent: (n) => `${f.number(n)} non envoyés`, ofSent: (share) => `${share} des envois`, ofMails: (share) => `${share} des e-mails`, ofAimed: (share) => `${share} des messages avec objectif`, overTime: "Segments au fil du temps", segments: "Plus grands segments", skipped: "Non envoyés, et pourquoi", skippedNone: "Rien n’a été retenu.",
    rfm: "Quand et combien de fois on achète", rfmBody: (people, event) => `${f.number(people)} personnes avec au moins un «\u00a0${event}\u00a0».`, rfmNone: (event) => `Personne n’a encore d’événement «\u00a0${event}\u00a0».`, rfmRecency: "achat plus récent", rfmFrequency: "achats plus fréquents",
    empty: "Aucun événement pour l’instant", emptyBody: "Envoyez le premier depuis votre site ou votre serveur\u202f: cette page se remplit en une seconde.", emptyStep: "Envoyer le premier événement",
    latency: { event_to_segment: (half, most) => `De l’événement au segment\u00a0: la moitié en ${half}, 99\u00a0% en ${most}.`, event_to_message: (half, most) => `De l’événement au message\u00a0: la moitié en ${half}, 99\u00a0% en ${most}.` }, chartTable: "Voir en tableau", chartHide: "Masquer le tableau", day: "Jour",
  },
  rfm: {
    Champions: "Champions", Loyal: "Fidèles", "Potential Loyalist": "Bientôt fidèles", New: "Nouveaux", Promising: "Prometteurs", "Need Attention": "À soigner", "About To Sleep": "S’endorment",
    "At Risk": "À risque", "Can't Lose": "À ne pas perdre", Hibernating: "En sommeil",
  },
  people: {
    title: "Personnes", search: "Chercher par e-mail, identifiant ou alias", searchHelp: "Une adresse e-mail, un identifiant, ou un alias comme crm:1234", seen: "Dernière visite", first: "Première visite", since: "depuis", email: "E-mail", id: "Identifiant", empty: "Personne pour l’instant",
    emptyBody: "Les personnes apparaissent d’elles-mêmes avec leur premier événement. Envoyez un appel «\u00a0identify\u00a0» avec un identifiant et une adresse e-mail pour en voir une ici.", none: "Personne ne correspond à cette recherche.", profile: "Profil", facts: "Ce que Relance a établi", factFrom: { event: "dit par l’événement", locale: "selon la langue réglée", trait: "dit par un trait", default: "par défaut dans l’application" }, sessionLength: "Session moyenne", traits: "Traits", editTraits: "Modifier les traits", traitName: "Trait", traitValue: "Valeur",
    addTrait: "Ajouter un trait", aliases: "Autres identifiants", aliasesNone: "Connue par un seul identifiant.", subscriptions: "Abonnements", subscriptionsNone: "Aucune adresse\u202f: un trait e-mail ou un jeton push en crée une.", consents: "Consentement", consentsHelp: "Le marketing qui peut partir.", notAsked: "rien d’enregistré, donc pas de marketing", implied: "par la permission donnée au navigateur", granted: "accordé", refused: "refusé",
    segments: "Segments", segmentsNone: "Dans aucun segment en ce moment.", runs: "Parcours", runsNone: "N’est entrée dans aucun parcours.", deliveries: "Messages, envoyés ou non", deliveriesNone: "Rien n’a jamais été destiné à cette personne.", deliveriesHelp: "Pourquoi l’a-t-elle reçu, ou pas\u202f? Chaque envoi, avec son motif.",
    timeline: "Chronologie", timelineNone: "Aucun événement.", export: "Tout exporter", merge: "Fusionner…", mergeTitle: "Fusionner cette personne dans une autre", mergeBody: "Ses événements, abonnements, segments et parcours passent à l’autre personne. C’est définitif.", mergeInto: "La personne qui reste", mergeDo: "Fusionner",
    delete: "Supprimer…", deleteTitle: "Supprimer cette personne\u202f?", deleteBody: "Profil, adresses, événements et messages sont effacés, et ses identifiants sont refusés désormais. C’est définitif. Tapez SUPPRIMER pour continuer.", deleteWord: "SUPPRIMER", deleteDo: "Supprimer définitivement", waits: "Le changement prend effet en une seconde.",
    events: (n) => (n <= 1 ? `${n} événement` : `${f.number(n)} événements`), details: "Détails",
    received: (at) => `reçu ${at}`, subscription: { subscribed: "abonné", unsubscribed: "désabonné", gone: "terminé", suppressed: "bloqué" },
  },
  kinds: { track: "a fait", page: "a vu la page", screen: "a vu l’écran", identify: "s’est identifiée", alias: "a été liée à un autre identifiant", group: "a rejoint un groupe", edit: "a été modifiée", merge: "a été fusionnée", delete: "a été supprimée", derived: "Relance a noté" },
  noted: {
    segment_entered: "est entrée dans le segment", segment_left: "est sortie du segment", segment_merged: "a été réunie à une autre fiche, membre du segment", session_started: "est revenue (début de session)", journey_entered: "est entrée dans le parcours", journey_left: "a fini ou quitté le parcours", message_sent: "a été destinataire de", message_skipped: "n’a pas reçu", message_failed: "n’a pas pu recevoir",
    message_delivered: "a reçu", message_opened: "a ouvert", message_clicked: "a cliqué", message_dismissed: "a balayé", message_bounced: "n’a pas pu être jointe par", message_unsubscribed: "s’est désabonnée par", message_converted: "a fait ce qu’on espérait, après",
  },
  happened: {
    segment_entered: "une entrée dans un segment", segment_left: "une sortie de segment", segment_merged: "un membre de segment réuni à une autre personne", session_started: "un début de session", journey_entered: "une entrée dans un parcours", journey_left: "une sortie de parcours", message_sent: "un message envoyé", message_skipped: "un message retenu", message_failed: "un message échoué",
    message_delivered: "un message arrivé", message_opened: "un message ouvert", message_clicked: "un message cliqué", message_dismissed: "un message balayé", message_bounced: "un message rejeté", message_unsubscribed: "un désabonnement", message_converted: "une conversion",
  },
  segments: {
    title: "Segments", search: "Chercher par nom ou par règle", sizeWeek: "± en 7 jours", movedWeek: (i, o) => `Ces 7 derniers jours\u202f: ${i} entrées et ${o} sorties`, size: "Personnes", fresh: "Compté jusqu’à", movedIn: (i, o) => `Pendant ce temps, ${i} entrées et ${o} sorties.`, merged: (n) => (n === 1 ? "1 membre réuni à une autre personne." : `${f.number(n)} membres réunis à une autre personne.`), edited: (when, i, o) => `${when}\u202f: créé ou modifié, +${i} −${o}.`, moves: "Entrées et sorties", entered: "Entrées", left: "Sorties", period: "Période", days: (n) => (n === 1 ? "24 heures" : `${n} jours`), export: "Exporter", exporting: "Export en cours", exportFailed: "L’export s’est interrompu. Réessayez.", history: "Taille au fil du temps", rule: "Qui en fait partie", members: "Membres", membersNone: "Personne n’en fait partie en ce moment.", ready: "comptage…", building: "Construction à partir de l’historique", updating: "La nouvelle règle est en construction\u202f; l’ancienne vaut encore", buildingShare: (share) => `${share} effectués.`, buildingEnds: "Prêt vers", buildingWaits: "En attente d’un autre segment en construction.", buildingFailed: "L’historique n’a pas pu être lu à l’instant\u202f; nouvel essai en cours.", empty: "Aucun segment pour l’instant", emptyBody: "Un segment est une règle, comme «\u00a0a acheté ces 30 derniers jours\u00a0». On y entre à la seconde où l’on y répond, on en sort à la seconde où l’on n’y répond plus. Parcours, webhooks et autres segments s’y fient.",
    create: "Nouveau segment", createDo: "Créer le segment", name: "Nom", event: "Événement", eventHelp: "Exactement comme il est envoyé, par exemple Order Completed", at: "Combien", count: "Fois", preview: (n) => (n <= 1 ? `${n} personne en fait partie en ce moment` : `${f.number(n)} personnes en font partie en ce moment`),
    previewWait: "Comptage…", previewHint: "Remplissez ce qui est vide pour voir combien de personnes cela fait.", archive: "Archiver", archiveTitle: "Archiver ce segment\u202f?", archiveBody: "Tout le monde en sort et il n’est plus affiché. C’est définitif.", archived: "Le segment est archivé.", archiveRefused: "Il sert ailleurs et ne peut donc pas être archivé. À retirer d’abord de\u202f:", used: "Où il sert", usedNone: "Aucun segment ni parcours ne s’en sert encore.", userKinds: { segment: "Segment", journey: "Parcours" }, since: "Membre depuis", compare: { ">=": "au moins", "<=": "au plus", "=": "exactement", ">": "plus de", "<": "moins de" },
    noEventName: "Donnez le nom de l’événement.", noName: "Donnez un nom au segment.",
  },
  builder: builderFr,
  explain: explainFr,
  versions: versionsFr,
  lists: listsFr(f),
  operators: accountFr(f),
  rule: {
    and: " et ", quoted: (text) => `«\u00a0${text}\u00a0»`, where: (text) => ` où ${text}`,
    is: {
      "=": "est", "!=": "n’est pas", in: "est l’un de", not_in: "n’est aucun de", exists: "est connu", not_exists: "n’est pas connu", ">": "est supérieur à", ">=": "est au moins", "<": "est inférieur à", "<=": "est au plus", between: "est entre",
      contains: "contient", starts: "commence par", matches: "correspond au motif", has: "a dans sa liste", before: "est avant", after: "est à partir du", version_from: "est au moins la version", version_below: "est avant la version", version_is: "est la version", version_above: "est après la version", version_to: "est au plus la version",
    },
  },
  journeys: {
    title: "Parcours", empty: "Aucun parcours pour l’instant", emptyBody: "Un parcours commence par un événement, attend, et écrit à la personne au bon moment. Créez-en un par l’API\u00a0:", entered: "Entrées", waiting: "En attente", done: "Allés au bout", left: "Arrêtés avant la fin", enteredShort: "entrées", waitingShort: "en attente", leftShort: "arrêtés", graph: "Le chemin", runs: "Passages", runsNone: "Personne n’y est encore entré.",
    publish: "Publier", pause: "Mettre en pause", resume: "Reprendre", publishTitle: "Publier ce parcours\u202f?", publishBody: "Les personnes dont les événements correspondent y entrent désormais. Les passages en cours restent sur la version où ils sont entrés.", pauseTitle: "Mettre ce parcours en pause\u202f?", pauseBody: "Personne n’entre et rien ne part jusqu’à la reprise. Les attentes continuent.", state: { draft: "Brouillon", live: "En marche", paused: "En pause", archived: "Terminé" },
    version: (n) => `version ${n}`, startsWhen: "Commence quand", stopsWhen: "S’arrête aussitôt quand", goal: "Objectif", entry: "Entrée", key: (key) => `un passage par ${key}`, keyNone: "un passage à la fois", once: "une seule fois dans une vie", always: "autant de fois qu’il le faut", match: (key) => `avec le même ${key}`, within: (d) => `sous ${d}`,
    node: { wait_for: "Attendre", message: "Message", delay: "Patienter", branch: "Est-ce le cas\u202f?", exit: "Fin", entry: "Entrée" }, waitFor: (event, match, d) => `${event}${match}, jusqu’à ${d}`, delayFor: (d) => d, exitText: "Le passage se termine ici", unnamed: (n) => `Message ${n}`,
    edge: { then: "c’est arrivé", else: (d) => `rien après ${d}`, yes: "oui", no: "non" }, nodeLabel: (title, text, counts) => `${title}\u00a0: ${text}. ${counts}`, counts: (e, w, l) => `${f.number(e)} entrées, ${f.number(w)} en attente, ${f.number(l)} arrêtés ici`, at: "Étape", wake: "Réveil", began: "Entrée", key_: "Clé",
    runState: { waiting: "en cours" }, reason: { completed: "allé au bout", exit_event: "arrêté par un événement", superseded: "n’a jamais commencé\u202f: un autre de même clé était en cours", merged: "fusionné dans un autre", archived: "le parcours est terminé", deleted: "la personne a été supprimée", too_many_steps: "arrêté par un défaut" }, canvas: "Les étapes du parcours, de l’entrée à la fin",
  },
  messages: {
    title: "Messages", sent: "Envoyés", opened: "Ouverts", clicked: "Cliqués", converted: "Convertis", revenue: "Revenu", goal: "Objectif", goalNone: "aucun\u202f: rien ne lui est attribué", goalOwn: (event, within) => `${event}, sous ${within}`, goalOfJourney: "celui du parcours", empty: "Aucun message pour l’instant", emptyBody: "Un message est ce qu’un parcours envoie\u202f: un push web ou un e-mail, écrit avec les traits de la personne. Créez-en un par l’API\u00a0:", channel: { web_push: "Push web", email: "E-mail" },
    class: { marketing: "Marketing", transactional: "Transactionnel" }, classHelp: { marketing: "Demande un consentement pour son sujet.", transactional: "Part vers toute personne ayant une adresse, jour et nuit." }, preview: "Aperçu", previewHelp: "Les variables sont montrées telles quelles\u202f; un envoi d’essai les remplit.", subject: "Objet", preheader: "Ligne d’aperçu", test: "Envoyer un essai", testTo: "L’envoyer à", testHelp: "À quelqu’un de cette application, vous par exemple. L’envoi est réel, par le même canal.",
    testDo: "Envoyer l’essai", testDone: "C’est parti. Il arrive dans la boîte de réception en une seconde.", deliveries: "Derniers envois", deliveriesNone: "Rien n’a encore été envoyé.", topic: "Sujet", missing: "Quand une valeur manque", missingHolds: "n’est pas envoyé", missingLeaves: "envoyé sans elle", validFor: "Vaut la peine pendant", always: "le temps qu’il faut", skipped: "Non envoyés", unsubscribed: "Désabonnements", opens: "Ouvre", phone: "Sur un téléphone", plain: "Texte brut", failed: "Échecs", delivered: "Arrivés", figures: "Chiffres",
  },
  deliveries: {
    state: { pending: "en attente", sending: "en cours d’envoi", sent: "envoyé", failed: "échec", skipped: "non envoyé", unknown: "issue inconnue" },
    sentence: { sent: "a été envoyé", opened: "a été ouvert", clicked: "a été cliqué", delivered: "est arrivé", dismissed: "a été balayé", converted: "a mené à un achat", unsubscribed: "a mené à un désabonnement" },
    reason: {
      no_subscription: "Aucune adresse sur ce canal", no_consent: "Pas de consentement pour ce sujet", suppressed: "L’adresse est bloquée", bounced: "La boîte n’existe pas", unsubscribed: "La personne s’est désabonnée", sending_paused: "Tous les envois étaient arrêtés", journey_stopped: "Le parcours s’est arrêté avant le départ",
      expired: "Trop tard\u202f: n’en vaut plus la peine", duplicate_address: "Déjà jointe à la même adresse", render_error: "Le message n’a pas pu être écrit pour cette personne", missing_value: "Une valeur que le message exige n’est pas connue", invalid_address: "L’adresse n’est pas valable", gone: "L’abonnement push a pris fin", deleted_person: "La personne a été supprimée",
      message_missing: "Le message a été supprimé", no_channel: "Ce serveur ne peut pas envoyer sur ce canal",
    }, unknownHelp: "Le programme s’est arrêté entre l’envoi et sa note\u202f; le message n’est pas renvoyé.",
  },
  inbox: {
    title: "Boîte de réception", body: "Ce que ce serveur a envoyé, comme le montrent un téléphone et une messagerie. Ouvrir et cliquer ici passe par les vrais liens de suivi.", phones: "Téléphones", mail: "Messagerie", phonesNone: "Aucun téléphone", phonesNoneBody: "Un téléphone apparaît quand la démo, ou une personne d’essai, s’abonne au push.", pushesNone: "Rien sur cet écran pour l’instant.", mailNone: "La messagerie est vide", mailNoneBody: "Sans serveur SMTP configuré, les e-mails arrivent ici. Envoyez un essai depuis la page d’un message.", choose: "Choisissez un e-mail pour le lire.", from: "De", to: "À", off: "La boîte de réception intégrée est désactivée sur ce serveur.", searchPhones: "Trouver un téléphone", searchMail: "Trouver un e-mail", openLink: "Ouvrir", lockScreen: (name) => `Écran verrouillé de ${name}`, message: "L’e-mail, tel que reçu",
  },
  developers: {
    title: "Développeurs", defaults: "Quand on ne sait rien", defaultsBody: "Ce qui est retenu pour les personnes qui n’ont dit ni l’un ni l’autre. Les segments gardent ce qui valait quand ils ont été enregistrés.", linkHosts: "Où les liens peuvent mener", linkHostsBody: "Un lien dont l’hôte vient d’un événement ou d’une caractéristique n’est compté que si cet hôte figure ici\u202f; sinon, il part tel quel. Les hôtes écrits dans un message sont toujours comptés.", hosts: "Hôtes", hostsHelp: "Par exemple shop.example, ou *.shop.example pour tout ce qui est en dessous", zone: "Fuseau horaire", country: "Pays", countryHelp: "Deux lettres, comme FR\u202f; vide pour aucun", currency: "Devise", currencyHelp: "Des montants qui n’en nomment aucune\u202f: trois lettres, comme EUR\u202f; vide si inconnue", keys: "Clés", keysBody: "Une clé d’écriture envoie des événements et peut vivre dans une page\u202f; une clé d’API lit et change tout dans cette application\u202f: gardez-la sur un serveur.", kind: { write: "Clé d’écriture", api: "Clé d’API" }, create: "Nouvelle clé", createDo: "Créer la clé", kindLabel: "Type", hint: "Commence par", used: "Dernier usage", revoked: "révoquée", active: "active",
    shownTitle: "Copiez maintenant ce qu’il vous faut", shown: "Ceci n’est montré qu’une fois\u202f; seule une empreinte est gardée.", rotate: "Renouveler", rotateTitle: "Renouveler cette clé\u202f?", rotateBody: "Une nouvelle clé prend sa place aussitôt et n’est montrée qu’une fois. L’ancienne cesse de marcher.", revoke: "Révoquer", revokeTitle: "Révoquer cette clé\u202f?", revokeBody: "Qui l’utilise encore est refusé désormais. C’est définitif.", first: "Envoyer le premier événement", firstBody: "Toute bibliothèque Segment convient aussi\u202f: donnez-lui ce serveur comme hôte.", yourKey: "VOTRE_CLE", rejected: "Mis de côté ou corrigés", rejectedBody: "Les événements reçus mais non acceptés, et pourquoi\u202f; et ce qui a été corrigé dans d’autres, qui sont gardés.", rejectedNone: "Rien n’a été mis de côté.", taken: "gardé", reason: "Pourquoi", health: "Santé", healthLag: "Lots en attente", healthState: "État", docs: "Référence de l’API", eventNames: "Événements vus", eventCount: "Fois", eventLast: "Dernier", eventNamesNone: "Aucun pour l’instant.", healthy: "En bonne santé",
  },
  webhooks: {
    title: "Webhooks", line: "D’autres systèmes à qui l’on dit, avec une signature, qui entre dans un segment, qui en sort, et quels membres sont réunis à une autre personne.", none: "Pas encore de webhook. Un CRM ou un compte publicitaire peut suivre un segment de lui-même\u202f: donnez ici son adresse.", create: "Nouveau webhook", createDo: "Créer le webhook",
    address: "Adresse", segments: "Segments", segmentsLine: "Il suit ceux-ci\u202f; tous, si aucun n’est choisi.", every: "Tous les segments", secret: "Secret", shown: "Les messages sont signés avec ce secret. Il n’est montré qu’une fois.", state: { active: "actif", paused: "en pause", stopped: "arrêté" }, failing: "en échec", again: "à nouveau", answered: "Dernière réponse",
    test: "Envoyer un test", tested: "Le message de test a été accepté.", testFailed: "Le message de test n’a pas été accepté\u202f:", pause: "Mettre en pause", goOn: "Reprendre où il en était", skip: "Reprendre à partir de maintenant", skipTitle: "Omettre ce qui n’a pas été dit\u202f?", skipBody: "Les changements que ce webhook n’a pas reçus jusqu’ici ne lui seront jamais envoyés.", rotate: "Nouveau secret", rotateTitle: "Signer avec un nouveau secret\u202f?", rotateBody: "L’ancien secret prend fin aussitôt\u202f; le nouveau n’est montré qu’une fois.",
    deleteTitle: "Supprimer ce webhook\u202f?", deleteBody: "L’autre système n’apprend plus rien. C’est définitif.",
  },
});

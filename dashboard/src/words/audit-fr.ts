/** Qui a fait quoi, en français. */
import type { auditEn } from "./audit-en";

export const auditFr: typeof auditEn = {
  title: "Journal d’audit", line: "Qui a modifié, publié, supprimé ou exporté quoi dans cette application, et qui s’est connecté. Le plus récent d’abord.", none: "Rien pour l’instant. Ce qui est modifié, publié, supprimé ou exporté ici est désormais noté.",
  when: "Quand", who: "Qui", what: "Quoi", server: "le serveur", key: (name) => `clé d’API «\u00a0${name}\u00a0»`, operator: (number) => `opérateur ${number}`, other: (action) => `Une action que cette version ne connaît pas\u202f: ${action}`,
  told: (name, value) => `${name}\u00a0: ${value}`,
  done: {
    "app.created": "A créé l’application", "app.changed": "A modifié l’application", "sending.paused": "A arrêté tous les envois", "sending.resumed": "A repris les envois",
    "key.created": "A créé la clé {}", "key.rotated": "A renouvelé la clé {}", "key.revoked": "A révoqué la clé {}", "identity_secret.created": "A créé le secret de signature {}", "identity_secret.deleted": "A supprimé le secret de signature {}",
    "operator.created": "A créé l’opérateur {}", "operator.invited": "A invité l’opérateur {}", "operator.link_made": "A créé un lien pour que l’opérateur {} choisisse un nouveau mot de passe", "operator.removed": "A retiré l’opérateur {}",
    "operator.password_changed": "A changé son mot de passe", "operator.password_chosen": "A choisi un mot de passe par un lien", "operator.signed_in": "S’est connecté",
    "webhook.created": "A créé le webhook {}", "webhook.changed": "A modifié le webhook {}", "webhook.skipped": "A fait passer au webhook {} ce qui attendait", "webhook.rotated": "A renouvelé le secret du webhook {}", "webhook.deleted": "A supprimé le webhook {}",
    "person.merged": "A fusionné la personne {} avec une autre", "person.deleted": "A supprimé la personne {}", "person.exported": "A exporté la personne {}",
    "journey.published": "A publié le parcours {}", "journey.paused": "A mis en pause le parcours {}", "journey.resumed": "A repris le parcours {}", "journey.archived": "A archivé le parcours {}", "journey.deleted": "A supprimé le parcours {}",
    "message.archived": "A archivé le message {}", "message.restored": "A sorti le message {} des archives", "message.deleted": "A supprimé le message {}",
    "segment.archived": "A archivé le segment {}", "segment.exported": "A exporté les membres du segment {}", "list.archived": "A archivé la liste {}", "held_back.exported": "A exporté ce qui est retenu",
  },
  detail: {
    name: "Nom", kind: "Genre", by: "Remplacée par la clé", url: "Adresse", state: "État", into: "Dans la personne", timezone: "Fuseau horaire", language: "Langue", country: "Pays", currency: "Devise",
    link_hosts: "Hôtes des liens", trust_unsigned_browsers: "Les navigateurs non signés sont crus", confirm_addresses: "Les adresses sont confirmées",
  },
  value: { write: "clé d’écriture", browser: "clé de navigateur", api: "clé d’API", active: "actif", paused: "en pause", stopped: "arrêté", "": "vide" },
};

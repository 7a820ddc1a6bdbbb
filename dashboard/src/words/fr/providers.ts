/** Les fournisseurs, en français, et ce que le serveur ne dit qu’en anglais de leurs réglages et de leurs secrets. */
import type { providers as english } from "../en/providers";

export const providers: typeof english = {
  title: "Fournisseurs",
  line: "Par où partent les messages. Une application a son propre compte chez un fournisseur, ou ce que ce serveur offre à celles qui n’en ont pas.",
  server: "du serveur",
  sandbox: "bac à sable",
  nothing: "rien",
  types: { generic_sms: "Un autre fournisseur de SMS", signed_webhooks: "Webhooks signés" },
  services: { fcm: "Android (Firebase)", apns: "iPhone (Apple)" },
  defaults: {
    web_push: "La clé de ce serveur. Les navigateurs n’ont besoin d’aucun fournisseur.",
    server: "Le compte de ce serveur, partagé par les applications sans fournisseur.",
    sandbox:
      "Le bac à sable de ce serveur\u202f: les messages y sont retenus et n’atteignent personne. Ajoutez un fournisseur pour atteindre des gens.",
    nothing:
      "Les messages de ce canal ne partent pas\u202f: ils sont écartés avec «\u202fCe serveur ne peut pas envoyer sur ce canal\u202f». Ajoutez un fournisseur pour atteindre des gens.",
  },
  add: "Ajouter un fournisseur",
  addFor: (channel) => `Ajouter un fournisseur\u202f: ${channel}`,
  active: "utilisé",
  inactive: "non utilisé",
  newTitle: (type) => `Nouveau fournisseur\u202f: ${type}`,
  name: "Nom",
  nameHelp: "Celui par lequel vous le connaissez, comme «\u202fSMS en France\u202f».",
  settings: "Réglages",
  more: "Plus de réglages",
  fewer: "Moins de réglages",
  secrets: "Secrets",
  secretsLine: "Ils sont chiffrés, et ne sont plus montrés à personne.",
  kept: "gardé\u202f; écrivez ici pour le remplacer",
  again: "Un réglage qui décide où vont les secrets a changé\u202f: saisissez-les tous de nouveau.",
  removeSecret: (name) => `Supprimer ${name}`,
  willGo: "sera supprimé",
  notJson: "Ce n’est pas du JSON.",
  json: "En JSON.",
  create: "Ajouter le fournisseur",
  createActive: "L’utiliser aussitôt",
  createActiveHelp: (other) =>
    other ? `À la place de «\u202f${other}\u202f».` : "Les messages de ce canal passent désormais par lui.",
  saved: "Enregistré. Les prochains messages partent ainsi.",
  use: "L’utiliser",
  useTitle: "Envoyer par ce fournisseur\u202f?",
  useBody: (other) =>
    other
      ? `Désormais, les messages de ce canal passent par lui et non plus par «\u202f${other}\u202f».`
      : "Désormais, les messages de ce canal passent par lui.",
  stop: "Ne plus l’utiliser",
  stopTitle: "Ne plus utiliser ce fournisseur\u202f?",
  afterwards: {
    server: "Les messages de ce canal passent alors par le compte du serveur.",
    sandbox: "Les messages de ce canal finissent alors dans le bac à sable et n’atteignent personne.",
    nothing: "Les messages de ce canal sont alors écartés, jusqu’à ce qu’il y ait un autre fournisseur.",
  },
  deleteTitle: "Supprimer ce fournisseur\u202f?",
  deleteBody: "Ses secrets sont supprimés avec lui. C’est définitif.",
  test: "Envoyer un essai",
  testLine: "Un texte fixe part vers une adresse par ce fournisseur, utilisé ou non, avec ce qui est enregistré.",
  testTo: {
    email: "Adresse e-mail",
    sms: "Numéro de téléphone",
    mobile_push: "Jeton de l’appareil",
    webhook: "Adresse (URL)",
  },
  testToOther: "Adresse",
  testDo: "Envoyer l’essai",
  taken: "Le fournisseur a pris l’essai.",
  notTaken: "Le fournisseur n’a pas pris l’essai.",
  answered: "Il a répondu\u202f:",
  callback: "Adresses de rappel",
  callbackLine:
    "Où le fournisseur rend compte. Saisissez-les chez lui s’il les demande\u202f; gardez-les pour vous\u202f: qui les connaît peut rendre compte.",
  callbacks: { status: "Ce que deviennent les messages", inbound: "Ce que les gens répondent" },
  gone: "Cette version ne connaît pas cette sorte de fournisseur.",
};

const sender = {
  title: "De",
  help: "L’expéditeur des messages qui n’en nomment aucun, comme «\u202fBoutique <boutique@example.com>\u202f»\u202f; vide\u202f: celui du serveur.",
};
const pace = {
  sends_per_second: {
    title: "Messages par seconde",
    help: "Autant au plus, à intervalles réguliers\u202f; 0\u202f: tout ce qu’il prend.",
  },
};
const emulator = "Une autre pour un émulateur.";
const price = {
  price_per_part: { title: "Prix par partie", help: "Comme 0.0750\u202f; montré avant l’envoi, jamais facturé." },
  currency: { title: "Devise du prix", help: "Comme EUR." },
};

/** Ce que le serveur dit en anglais\u202f: par sorte de fournisseur et par champ. */
export const fields: Record<string, Record<string, { title: string; help: string }>> = {
  fcm: {
    ...pace,
    base_url: { title: "Adresse de l’API", help: emulator },
    token_url: { title: "Adresse des jetons", help: emulator },
    service_account: {
      title: "Compte de service",
      help: "Le fichier JSON de la console Firebase\u202f: paramètres du projet, comptes de service, générer une nouvelle clé privée.",
    },
  },
  apns: {
    ...pace,
    team_id: { title: "Team ID", help: "Dix caractères\u202f: Apple Developer, membership." },
    key_id: { title: "Key ID", help: "Dix caractères\u202f: Apple Developer, keys." },
    topic: { title: "Topic", help: "Le bundle ID de l’application, comme com.example.shop." },
    environment: {
      title: "Environnement",
      help: "Ce qui est lancé depuis Xcode est atteint dans «\u202fsandbox\u202f», tout le reste dans «\u202fproduction\u202f».",
    },
    base_url: { title: "Adresse de l’API", help: emulator },
    key: { title: "Clé", help: "Le fichier .p8 entier, qu’Apple ne donne qu’une fois." },
  },
  smtp: {
    ...pace,
    host: { title: "Hôte", help: "Comme smtp.example.com." },
    port: { title: "Port", help: "587 avec STARTTLS, 465 avec TLS." },
    security: {
      title: "Sécurité",
      help: "«\u202fnone\u202f» seulement si le serveur peut joindre des adresses privées (webhook_private).",
    },
    bounces: {
      title: "Les rejets reviennent à",
      help: "«\u202frelance\u202f»\u202f: les e-mails partent au nom de bounce_domain, ce que l’hôte doit permettre.",
    },
    other_hosts: {
      title: "Hôtes supplémentaires",
      help: "Essayés dans l’ordre quand l’hôte est en panne, comme smtp2.example.com, smtp3.example.com:465\u202f; au plus 4.",
    },
    user: { title: "Utilisateur", help: "Vide\u202f: sans connexion." },
    sender,
    password: { title: "Mot de passe", help: "Celui de l’utilisateur." },
  },
  mailgun: {
    ...pace,
    domain: { title: "Domaine", help: "Comme mg.example.com." },
    base_url: { title: "Adresse de l’API", help: "https://api.eu.mailgun.net pour les domaines de la région UE." },
    sender,
    api_key: { title: "Clé d’API", help: "Une clé d’envoi du domaine." },
    webhook_signing_key: {
      title: "Webhook signing key",
      help: "Prouve que les rapports viennent de Mailgun\u202f; sans elle, aucun n’est écouté.",
    },
  },
  twilio: {
    ...pace,
    account_sid: { title: "Account SID", help: "Commence par AC." },
    sender: { title: "De", help: "Un numéro avec + et l’indicatif du pays, un numéro court ou un nom." },
    messaging_service_sid: {
      title: "Messaging service SID",
      help: "Commence par MG\u202f; à la place d’un expéditeur.",
    },
    api_key_sid: { title: "API key SID", help: "Commence par SK. Sans clé, le jeton (auth token) sert." },
    base_url: { title: "Adresse de l’API", help: "Une autre pour les fournisseurs qui ont la même API." },
    help_text: { title: "Réponse à HELP", help: "Qui envoie, et à qui s’adresser. Vide\u202f: celle de Twilio." },
    ...price,
    auth_token: { title: "Auth token", help: "Prouve aussi les rappels et les réponses des gens." },
    api_key_secret: { title: "API key secret", help: "De la clé d’API, si l’on en utilise une." },
  },
  vapid: {
    public_key: { title: "Clé publique", help: "Telle que les pages la donnaient\u202f: applicationServerKey." },
    contact: { title: "Contact", help: "Une adresse mailto: ou https:\u202f; vide\u202f: celle du serveur." },
    private_key: { title: "Clé privée", help: "En base64url, ou un fichier PEM." },
  },
  signed_webhooks: {
    ...pace,
    authorized_origin: {
      title: "Reçoit l’autorisation",
      help: "Comme https://api.example.com\u202f: les webhooks qui y vont, et eux seuls, portent le secret Authorization.",
    },
    signing_secret: {
      title: "Secret de signature",
      help: "Commence par whsec_, puis 24 à 64 octets en base64\u202f: les destinataires vérifient par lui les signatures.",
    },
    authorization: { title: "Authorization", help: "L’en-tête entier, comme Bearer …\u202f; vide\u202f: aucun." },
  },
  generic_sms: {
    ...pace,
    url: { title: "Adresse", help: "Celle où l’on poste." },
    sender: { title: "De", help: "Un numéro ou un nom, comme le fournisseur le veut." },
    method: { title: "Méthode", help: "POST le plus souvent." },
    headers: { title: "En-têtes", help: "Du nom au texte." },
    user: { title: "Utilisateur", help: "Pour l’authentification Basic, avec le secret «\u202fMot de passe\u202f»." },
    encoding: { title: "Forme du corps", help: "JSON ou formulaire." },
    body: { title: "Corps", help: "Ce qui est posté\u202f; les textes qu’il contient sont remplis." },
    id_path: { title: "Chemin de l’identifiant", help: "Où la réponse nomme le message, comme data.id." },
    answers: { title: "Réponses", help: "La première qui convient compte\u202f; sinon, le statut HTTP." },
    delivery_field: {
      title: "Rapport\u202f: message",
      help: "Champ d’un rapport qui contient notre {{ delivery }}.",
    },
    status_field: { title: "Rapport\u202f: statut", help: "Champ d’un rapport qui contient le statut." },
    delivered: { title: "Rapport\u202f: arrivé", help: "Statuts de ce qui est arrivé." },
    undelivered: { title: "Rapport\u202f: non arrivé", help: "Statuts de ce qui n’est pas arrivé cette fois." },
    no_such_number: { title: "Rapport\u202f: numéro inconnu", help: "Statuts qui mettent fin au numéro." },
    from_field: { title: "Réponse\u202f: numéro", help: "Champ qui contient qui a répondu." },
    text_field: { title: "Réponse\u202f: texte", help: "Champ qui contient ce qui a été répondu." },
    answer_id_field: { title: "Réponse\u202f: identifiant", help: "Champ qui nomme la réponse." },
    ...price,
    key: { title: "Clé", help: "Prend la place de {{ key }}." },
    password: { title: "Mot de passe", help: "Celui de l’utilisateur, et à la place de {{ password }}." },
  },
};

/** What pages are believed, and how user ids are signed. */
export const trust = {
  question: "Do your pages sign user ids?",
  yes: "Yes",
  yesHelp:
    "For each visitor who is signed in your server makes a token, and pages send it along. Nobody can speak for somebody else.",
  notYet: "Not yet",
  notYetHelp:
    "Pages are taken at their word, so that you can try without a server. Whoever reads a page’s source can then speak for people of whom your server has not spoken. You can change this at any time.",
  snippet: "How a server signs",
  title: "Who may name a user id",
  line: "A page proves a user id by a token that your server signed. Without it an event is kept, but changes nothing about the person.",
  trusting: "Take pages at their word that sign nothing",
  trustingHelp:
    "For a first try. Whoever reads a page’s source can then speak for people of whom your server has not spoken.",
  confirming: "Ask new addresses to confirm",
  confirmingHelp:
    "An e-mail address that only an unsigned page told, and that is nobody’s, gets one mail with a button. Until it is pressed nothing else is sent there.",
  secret: "Secret to sign with",
  shown: "This is shown once. Keep it on your server.",
  create: "New secret",
  remove: "Delete",
  removeTitle: "Delete this secret?",
  removeBody: "Tokens that it signed prove nothing any more.",
  none: "There is no secret: no token can prove a user id.",
  both: "Both secrets are good: sign with the new one, then delete the old one.",
  since: "since",
  yourSecret: "YOUR_IDENTITY_SECRET",
  noticeTitle: "Pages are taken at their word",
  notice:
    "Unsigned pages are trusted in this app. Whoever reads a page’s source can name any user id and speak for people of whom your server has not spoken.",
  noticeStep: "Sign user ids",
};

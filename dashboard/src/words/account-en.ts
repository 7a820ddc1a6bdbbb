/** One's own account and the other operators, in English. */
import type { Format } from "./format";

export const accountEn = (f: Format) => ({
  title: "Your account", line: (email: string) => `You are signed in as ${email}.`,
  reveal: "Show or hide the password", password: "Password", passwordBody: "Changing it signs you out everywhere else.", current: "Present password", next: "New password", change: "Change the password", changed: "Your password is changed, and you are signed out everywhere else.",
  sessions: "Where you are signed in", sessionsBody: "A session ends by itself when it is not used for a while.", here: "this browser", from: "From", last: "Last used", browser: "Browser", unknownBrowser: "Unknown browser", end: "Sign out there", endAll: "Sign out everywhere else", endAllTitle: "Sign out everywhere else?", endAllBody: "All your other sessions end at once. This one stays.", ended: (n: number) => (n === 1 ? "1 session has ended." : `${f.number(n)} sessions have ended.`),
  operators: "Operators", operatorsBody: "Everybody here sees every app and can change everything.", who: "Operator", state: "State", active: "can sign in", invited: "invited", you: "you", invite: "Invite an operator", inviteDo: "Make the link", name: "Name", email: "E-mail address",
  link: "Choose a new password…", linkTitle: (name: string) => `Let ${name} choose a new password?`, linkBody: "You get a link that works once, for a day, and ends any link made before. Whoever opens it can sign in: hand it over in private.", linkDo: "Make the link",
  linkShown: (name: string) => `Send this link to ${name}`, linkShownBody: (at: string) => `It works once, until ${at}, and is shown only here. Whoever opens it can sign in: hand it over in private.`,
  remove: "Remove…", removeTitle: (name: string) => `Remove ${name}?`, removeBody: "They are signed out at once and cannot sign in again. What they did stays under their name.", removeDo: "Remove",
  forgot: "Forgotten your password?", forgotBody: "Another operator can make you a link to choose a new one, under “Your account”. If you are the only one, run this on the server:",
  chooseTitle: "Choose your password", chooseDo: "Save and sign in", noToken: "This address is not complete: open the link as it was sent to you.", spent: "This link was used, replaced or has ended. Ask for a new one.",
});

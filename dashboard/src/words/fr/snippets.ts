/** Les extraits. */
import type { snippets as english } from "../en/snippets";

export const snippets: typeof english = {
  title: "Extraits",
  line: "Des morceaux de modèles que les messages partagent. Un message en rend un par {% render 'nom' %}.",
  none: "Aucun extrait pour l’instant.",
  create: "Nouvel extrait",
  nameHelp: "Lettres minuscules, chiffres, traits d’union et soulignés",
  source: "Modèle",
  usedBy: "Utilisé par",
  unused: "Rien ne le rend.",
  touches: (count) =>
    count === 1
      ? "L’enregistrer change aussitôt le message qui le rend. Ce qui est parti reste tel quel."
      : `L’enregistrer change aussitôt les ${count} messages qui le rendent. Ce qui est parti reste tel quel.`,
  remove: (name) => `Supprimer l’extrait ${name}\u202f?`,
  removeBody: "Rien ne le rend. C’est définitif.",
};

/** Snippets. */
export const snippets = {
  title: "Snippets",
  line: "Pieces of templates that messages share. A message renders one by {% render 'name' %}.",
  none: "No snippet yet.",
  create: "New snippet",
  nameHelp: "Small letters, digits, hyphens and underscores",
  source: "Template",
  usedBy: "Used by",
  unused: "Nothing renders it.",
  touches: (count: number) =>
    count === 1
      ? "Saving changes the message that renders it, at once. What was sent stays as it was."
      : `Saving changes all ${count} messages that render it, at once. What was sent stays as it was.`,
  remove: (name: string) => `Delete the snippet ${name}?`,
  removeBody: "Nothing renders it. This cannot be undone.",
};

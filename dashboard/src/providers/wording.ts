/** The words of providers: only their pages need them, and they come with these. */
import { providers as english } from "../words/en/providers";
import { fields, providers as french } from "../words/fr/providers";
import { useSpeech } from "../words/words";
import type { Field } from "./fields";

const WORDS = { en: english, fr: french };

export function useProviderWords() {
  const speech = useSpeech();
  const said = (type: string, { name, title, help }: Field) =>
    (speech.language === "fr" ? fields[type]?.[name] : undefined) ?? { title, help };
  const words = WORDS[speech.language];
  const titleOf = ({ name, title }: { name: string; title: string }) => words.types[name] ?? title;
  return { ...speech, words, said, titleOf };
}

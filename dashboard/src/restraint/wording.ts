/** The words of restraint: only some pages need them, and they come with these. */
import { restraint as english } from "../words/en/restraint";
import { restraint as french } from "../words/fr/restraint";
import { useSpeech } from "../words/words";
import type { RestraintTongue } from "./sentences";

const WORDS = { en: english, fr: french };

export function useRestraintWords(): RestraintTongue {
  const speech = useSpeech();
  return { ...speech, words: WORDS[speech.language] };
}
